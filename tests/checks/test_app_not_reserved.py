import pytest

from checks.app_not_reserved import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, Pass
from tpe_audit.facts import Application, ApplicationOwner, Consumer, Deployment, UnseenApplication
from tpe_audit.facts.well_known import MICROSOFT_TENANT_ID

MICROSOFTS = ApplicationOwner(MICROSOFT_TENANT_ID, "Something of Microsoft")
DYNAMICS = Deployment(consumer=Consumer.DYNAMICS_365)


def test_an_application_of_ones_own_passes() -> None:
    assert isinstance(check(contoso.APPLICATION, contoso.OWNER, contoso.DEPLOYMENT), Pass)


@pytest.mark.parametrize("deployment", [contoso.DEPLOYMENT, DYNAMICS])
@pytest.mark.parametrize(
    ("client_id", "name"),
    [
        ("CE933385-9390-45D1-9512-C8D228074E07", "Auto attendant"),
        ("11cd3e2e-fccb-42ad-ad00-878b93575e07", "Call queue"),
    ],
)
def test_a_reserved_id_fails_by_name_whoever_answers_the_calls(
    client_id: str, name: str, deployment: Deployment
) -> None:
    verdict = check(Application(client_id), MICROSOFTS, deployment)
    assert isinstance(verdict, Fail)
    assert name in verdict.reason


def test_an_application_that_microsoft_owns_fails() -> None:
    verdict = check(contoso.APPLICATION, MICROSOFTS, contoso.DEPLOYMENT)
    assert isinstance(verdict, Fail)
    assert contoso.APPLICATION.client_id in str(verdict.commands[0])


def test_in_dynamics_the_application_is_microsofts_and_passes() -> None:
    assert isinstance(check(contoso.APPLICATION, MICROSOFTS, DYNAMICS), Pass)


def test_an_application_that_neither_tenant_knows_is_asked_about() -> None:
    assert isinstance(check(contoso.APPLICATION, UnseenApplication(), contoso.DEPLOYMENT), Manual)


def test_in_dynamics_an_application_that_neither_tenant_knows_passes() -> None:
    assert isinstance(check(contoso.APPLICATION, UnseenApplication(), DYNAMICS), Pass)
