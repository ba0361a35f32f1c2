from checks.dr_sbc_replaces import CONSUMERS, check
from tests.checks import contoso
from tpe_audit import Manual
from tpe_audit.facts import Consumer


def test_a_person_is_asked_with_dynamics_only() -> None:
    assert isinstance(check(contoso.TENANT), Manual)
    assert CONSUMERS == (Consumer.DYNAMICS_365,)
