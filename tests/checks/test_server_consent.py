import pytest

from checks.server_consent import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import NoServerConsent, ServerConsent


@pytest.mark.parametrize("kind", ["teamsResourceAccount", "TeamsResourceAccount", "resourceAccount"])
def test_consent_for_the_account_passes(kind: str) -> None:
    consent = ServerConsent(kind, contoso.TENANT.id.upper())
    assert isinstance(check(contoso.ACCOUNT, consent, contoso.ACS, contoso.TENANT), Pass)


def test_no_consent_fails_and_the_command_gives_it() -> None:
    verdict = check(contoso.ACCOUNT, NoServerConsent(), contoso.ACS, contoso.TENANT)
    assert isinstance(verdict, Fail)
    assert str(verdict.commands[0]) == (
        "az rest --method put --resource https://communication.azure.com --url "
        f"'https://{contoso.ACS.host_name}/access/teamsExtension/tenants/{contoso.TENANT.id}/assignments/"
        f"{contoso.ACCOUNT.id}?api-version=2025-06-30' --headers Content-Type=application/json "
        """--body '{"principalType": "teamsResourceAccount"}'"""
    )


@pytest.mark.parametrize(
    "consent",
    [ServerConsent("user", contoso.TENANT.id), ServerConsent("teamsResourceAccount", contoso.OTHER_ID)],
    ids=["for a user", "for another tenant"],
)
def test_consent_for_something_else_fails(consent: ServerConsent) -> None:
    assert isinstance(check(contoso.ACCOUNT, consent, contoso.ACS, contoso.TENANT), Fail)


def test_consent_of_a_type_that_is_not_documented_is_unknown() -> None:
    consent = ServerConsent("group", contoso.TENANT.id)
    assert isinstance(check(contoso.ACCOUNT, consent, contoso.ACS, contoso.TENANT), Unknown)
