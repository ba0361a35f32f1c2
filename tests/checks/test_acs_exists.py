import pytest

from checks.acs_exists import absent, check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import AcsProvisioning, NoAcsResource


@pytest.mark.parametrize("state", ["Succeeded", "succeeded", "Running"])
def test_a_resource_that_is_in_order_passes(state: str) -> None:
    assert isinstance(check(contoso.ACS, AcsProvisioning(state)), Pass)


@pytest.mark.parametrize("state", ["Failed", "Canceled", "Deleting"])
def test_a_resource_that_is_not_in_order_fails(state: str) -> None:
    verdict = check(contoso.ACS, AcsProvisioning(state))
    assert isinstance(verdict, Fail)
    assert "az communication show -n tpe-acs -g tpe" in str(verdict.commands[0])


@pytest.mark.parametrize("state", ["Creating", "Updating", "Moving"])
def test_a_resource_that_is_not_finished_fails_and_says_to_wait(state: str) -> None:
    verdict = check(contoso.ACS, AcsProvisioning(state))
    assert isinstance(verdict, Fail)
    assert "Wait" in verdict.reason


@pytest.mark.parametrize("state", ["Unknown", "Resting"])
def test_a_state_that_decides_nothing_is_unknown(state: str) -> None:
    assert isinstance(check(contoso.ACS, AcsProvisioning(state)), Unknown)


def test_a_resource_that_does_not_exist_fails() -> None:
    verdict = absent(NoAcsResource(contoso.ACS.immutable_id, "1 subscription"))
    assert isinstance(verdict, Fail)
    assert "GUID" not in verdict.reason


@pytest.mark.parametrize(
    ("configured", "words"),
    [
        (contoso.ACS.arm_id, "The id is an ARM id"),
        ("tpe-acs.communication.azure.com", "The id is something else"),
    ],
)
def test_an_id_that_is_no_immutable_id_is_pointed_out(configured: str, words: str) -> None:
    verdict = absent(NoAcsResource(configured, "1 subscription"))
    assert isinstance(verdict, Fail)
    assert words in verdict.reason
