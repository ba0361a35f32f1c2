from checks.d365_sync_app import CONSUMERS, check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import SyncApplications


def test_one_application_with_consent_is_enough() -> None:
    assert isinstance(check(contoso.TENANT, SyncApplications((contoso.OTHER_ID,))), Pass)


def test_none_fails() -> None:
    assert isinstance(check(contoso.TENANT, SyncApplications(())), Fail)


def test_it_concerns_dynamics_365_only() -> None:
    assert CONSUMERS == ("dynamics-365",)
