from checks.acs_service_principal import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import AcsServicePrincipal, NoAcsServicePrincipal


def test_a_service_principal_that_is_enabled_passes() -> None:
    assert isinstance(check(contoso.TENANT, AcsServicePrincipal("0a1b", enabled=True)), Pass)


def test_a_tenant_without_the_service_principal_fails_and_the_commands_name_the_tenant() -> None:
    verdict = check(contoso.TENANT, NoAcsServicePrincipal())
    assert isinstance(verdict, Fail)
    assert contoso.TENANT.id in str(verdict.commands[0])
    assert "New-MgServicePrincipal -AppId '1fd5118e-2576-4263-8130-9503064c837a'" in str(verdict.commands[1])


def test_a_service_principal_that_is_switched_off_fails() -> None:
    verdict = check(contoso.TENANT, AcsServicePrincipal("0a1b", enabled=False))
    assert isinstance(verdict, Fail)
    assert "-ServicePrincipalId '0a1b' -AccountEnabled:$true" in str(verdict.commands[1])
