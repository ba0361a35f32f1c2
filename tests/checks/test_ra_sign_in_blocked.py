from checks.ra_sign_in_blocked import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import SignIn


def test_blocked_sign_in_is_right() -> None:
    assert isinstance(check(contoso.ACCOUNT, SignIn(enabled=False)), Pass)


def test_allowed_sign_in_fails_but_is_not_called_the_cause_of_a_fault() -> None:
    verdict = check(contoso.ACCOUNT, SignIn(enabled=True))
    assert isinstance(verdict, Fail)
    assert "Calls work all the same" in verdict.reason
    assert str(verdict.commands[0]) == f"Update-MgUser -UserId '{contoso.ACCOUNT.id}' -AccountEnabled:$false"
