from checks.teams_admin_api_sp import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import NoTeamsAdminApi, TeamsAdminApi


def test_an_enabled_service_principal_passes() -> None:
    assert isinstance(check(contoso.TENANT, TeamsAdminApi("1b2c3d4e", enabled=True)), Pass)


def test_no_service_principal_fails_and_is_added_by_microsofts_id() -> None:
    verdict = check(contoso.TENANT, NoTeamsAdminApi())
    assert isinstance(verdict, Fail)
    assert str(verdict.commands[1]) == "New-MgServicePrincipal -AppId '48ac35b8-9aa8-4d74-927d-1f4a14a0b239'"


def test_a_disabled_service_principal_fails_and_is_enabled_not_added() -> None:
    verdict = check(contoso.TENANT, TeamsAdminApi("1b2c3d4e", enabled=False))
    assert isinstance(verdict, Fail)
    assert "Update-MgServicePrincipal -ServicePrincipalId '1b2c3d4e'" in str(verdict.commands[1])
