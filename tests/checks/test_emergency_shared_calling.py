from checks.emergency_shared_calling import CONSUMERS, check
from tests.checks import contoso
from tpe_audit import Fail, Manual, NotApplicable
from tpe_audit.facts import NoPhoneNumber, NoSharedCalling, SharedCalling, SharedCallingPolicy

CALLBACK = "+15551230190"


def sharing(*numbers: str) -> SharedCalling:
    return SharedCalling((SharedCallingPolicy("Agents", numbers),))


def test_it_does_not_apply_where_no_policy_uses_the_account() -> None:
    assert isinstance(check(contoso.ACCOUNT, NoSharedCalling(), contoso.NUMBER), NotApplicable)


def test_what_can_not_be_read_of_a_policy_is_asked_and_the_answer_holds_for_these_numbers() -> None:
    verdict = check(contoso.ACCOUNT, sharing(CALLBACK), contoso.NUMBER)
    assert isinstance(verdict, Manual)
    assert verdict.about == {"policies": "Agents", "emergency_numbers": CALLBACK}


def test_a_number_that_is_listed_twice_fails() -> None:
    verdict = check(contoso.ACCOUNT, sharing(CALLBACK, CALLBACK), NoPhoneNumber(contoso.ACCOUNT.subject))
    assert isinstance(verdict, Fail)
    assert verdict.observed == CALLBACK


def test_the_accounts_own_number_is_none_to_call_an_agent_back() -> None:
    verdict = check(contoso.ACCOUNT, sharing(contoso.NUMBER.number), contoso.NUMBER)
    assert isinstance(verdict, Fail)
    assert f"-EmergencyNumbers @{{remove='{contoso.NUMBER.number}'}}" in str(verdict.commands[0])


def test_a_policy_without_emergency_numbers_is_asked_about_too() -> None:
    assert isinstance(check(contoso.ACCOUNT, sharing(), contoso.NUMBER), Manual)


def test_it_concerns_third_parties_and_dynamics_365() -> None:
    assert CONSUMERS == ("third-party", "dynamics-365")
