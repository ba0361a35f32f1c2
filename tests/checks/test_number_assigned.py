from checks.number_assigned import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import ExpectedNumber, NoExpectedNumber, NoPhoneNumber

NONE = NoPhoneNumber(contoso.ACCOUNT.subject)
EXPECTED = ExpectedNumber(contoso.NUMBER.number)


def test_the_expected_number_passes() -> None:
    assert isinstance(check(contoso.ACCOUNT, contoso.NUMBER, EXPECTED), Pass)


def test_any_number_passes_where_none_is_expected() -> None:
    assert isinstance(check(contoso.ACCOUNT, contoso.NUMBER, NoExpectedNumber()), Pass)


def test_no_number_fails_and_the_command_names_the_expected_one() -> None:
    verdict = check(contoso.ACCOUNT, NONE, EXPECTED)
    assert isinstance(verdict, Fail)
    assert "-Identity 'ivr@contoso.com' -TelephoneNumber '+15551230100'" in str(verdict.commands[0])


def test_no_number_fails_where_none_is_expected_too() -> None:
    verdict = check(contoso.ACCOUNT, NONE, NoExpectedNumber())
    assert isinstance(verdict, Fail)
    assert "-TelephoneNumber '<+number>'" in str(verdict.commands[0])


def test_another_number_fails() -> None:
    verdict = check(contoso.ACCOUNT, contoso.OTHER_NUMBER, EXPECTED)
    assert isinstance(verdict, Fail)
    assert (verdict.observed, verdict.expected) == ("+15551230200", "+15551230100")
