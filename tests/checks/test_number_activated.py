import pytest

from checks.number_activated import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import NumberActivation


@pytest.mark.parametrize("port_in", ["", "completed"])
def test_an_activated_number_passes(port_in: str) -> None:
    assert isinstance(check(contoso.NUMBER, NumberActivation("activated", port_in)), Pass)


@pytest.mark.parametrize("state", ["assignmentPending", "updatePending"])
def test_a_change_under_way_fails_and_says_to_wait(state: str) -> None:
    verdict = check(contoso.NUMBER, NumberActivation(state, ""))
    assert isinstance(verdict, Fail)
    assert "Wait" in verdict.reason


@pytest.mark.parametrize("state", ["assignmentFailed", "updateFailed"])
def test_a_change_that_failed_fails_and_says_to_assign_again(state: str) -> None:
    verdict = check(contoso.NUMBER, NumberActivation(state, "completed"))
    assert isinstance(verdict, Fail)
    assert "assign it again" in verdict.reason


def test_an_unfinished_port_fails() -> None:
    verdict = check(contoso.NUMBER, NumberActivation("activated", "firmOrderCommitmentAccepted"))
    assert isinstance(verdict, Fail)
    assert "ported" in verdict.reason


@pytest.mark.parametrize(("state", "port_in"), [("resting", ""), ("activated", "lost")])
def test_a_state_that_decides_nothing_is_unknown(state: str, port_in: str) -> None:
    assert isinstance(check(contoso.NUMBER, NumberActivation(state, port_in)), Unknown)
