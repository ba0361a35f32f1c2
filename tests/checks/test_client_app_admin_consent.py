import pytest

from checks.client_app_admin_consent import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import AcsConsents, NoApplicationPrincipal

SCOPE = "TeamsExtension.ManageCalls"


def test_consent_for_the_whole_tenant_passes() -> None:
    consents = AcsConsents(("Teams.ManageCalls", SCOPE), ())
    assert isinstance(check(contoso.CLIENT, contoso.PRINCIPAL, consents, contoso.TENANT), Pass)


@pytest.mark.parametrize(
    ("consents", "said"),
    [
        (AcsConsents((), ()), "Nobody consented"),
        (AcsConsents(("Teams.ManageCalls",), ()), "Nobody consented"),
        (AcsConsents((), (SCOPE,)), "single users only"),
    ],
    ids=["none", "to another scope", "of single users"],
)
def test_any_other_consent_fails_and_opens_the_consent_page(consents: AcsConsents, said: str) -> None:
    verdict = check(contoso.CLIENT, contoso.PRINCIPAL, consents, contoso.TENANT)
    assert isinstance(verdict, Fail)
    assert said in verdict.reason
    assert f"{contoso.TENANT.id}/adminconsent?client_id={contoso.CLIENT.client_id}" in str(verdict.commands[0])


def test_an_application_that_the_tenant_does_not_know_has_no_consent() -> None:
    verdict = check(contoso.CLIENT, NoApplicationPrincipal(), AcsConsents((), ()), contoso.TENANT)
    assert isinstance(verdict, Fail)
    assert "no service principal" in verdict.observed
