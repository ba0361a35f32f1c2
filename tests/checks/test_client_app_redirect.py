from dataclasses import replace

from checks.client_app_redirect import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, Pass
from tpe_audit.facts import ForeignRegistration, RedirectUris, UnseenRedirects

URIS = RedirectUris(("http://localhost",))
VENDORS = replace(contoso.REGISTRATION, tenant_id=contoso.OTHER_ID)


def test_a_redirect_uri_passes() -> None:
    assert isinstance(check(contoso.CLIENT, contoso.REGISTRATION, URIS, contoso.TENANT), Pass)


def test_a_vendors_application_that_is_open_to_other_tenants_passes() -> None:
    shared = replace(VENDORS, audience="AzureADMultipleOrgs")
    assert isinstance(check(contoso.CLIENT, shared, URIS, contoso.TENANT), Pass)


def test_a_vendors_application_for_its_own_tenant_alone_fails() -> None:
    verdict = check(contoso.CLIENT, VENDORS, URIS, contoso.TENANT)
    assert isinstance(verdict, Fail)
    assert contoso.OTHER_ID in verdict.reason


def test_no_redirect_uri_fails_and_says_that_other_clients_need_none() -> None:
    verdict = check(contoso.CLIENT, contoso.REGISTRATION, RedirectUris(()), contoso.TENANT)
    assert isinstance(verdict, Fail)
    assert "Other clients need none" in verdict.reason


def test_a_registration_of_a_third_tenant_is_a_question() -> None:
    foreign = ForeignRegistration(contoso.OTHER_ID)
    assert isinstance(check(contoso.CLIENT, foreign, UnseenRedirects(), contoso.TENANT), Manual)
