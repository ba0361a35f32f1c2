from dataclasses import replace

from checks.app_service_principal import check
from tests.checks import contoso
from tpe_audit import Fail, NotApplicable, Pass
from tpe_audit.facts import ForeignRegistration, NoApplicationPrincipal


def test_a_service_principal_passes() -> None:
    foreign = ForeignRegistration(contoso.OTHER_ID)
    assert isinstance(check(contoso.APPLICATION, contoso.PRINCIPAL, foreign, contoso.TENANT), Pass)


def test_an_application_of_the_teams_tenant_itself_needs_none() -> None:
    verdict = check(contoso.APPLICATION, NoApplicationPrincipal(), contoso.REGISTRATION, contoso.TENANT)
    assert isinstance(verdict, NotApplicable)


def test_another_tenants_application_without_one_fails_and_says_that_microsoft_does_not_ask_for_it() -> None:
    theirs = replace(contoso.REGISTRATION, tenant_id=contoso.OTHER_ID)
    verdict = check(contoso.APPLICATION, NoApplicationPrincipal(), theirs, contoso.TENANT)
    assert isinstance(verdict, Fail)
    assert "Microsoft does not ask for one" in verdict.reason
    assert str(verdict.commands[1]) == f"New-MgServicePrincipal -AppId '{contoso.APPLICATION.client_id}'"
