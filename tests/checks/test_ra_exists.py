from checks.ra_exists import absent, check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import NoLine, NoResourceAccount


def test_a_resource_account_passes() -> None:
    assert isinstance(check(contoso.ACCOUNT), Pass)


def test_an_account_that_does_not_exist_fails_and_the_command_makes_it() -> None:
    verdict = absent(NoResourceAccount("ivr@contoso.com", user_exists=False))
    assert isinstance(verdict, Fail)
    assert "New-CsOnlineApplicationInstance -UserPrincipalName 'ivr@contoso.com'" in str(verdict.commands[0])


def test_a_user_that_is_no_resource_account_fails_and_its_name_is_not_taken_again() -> None:
    verdict = absent(NoResourceAccount("ivr@contoso.com", user_exists=True))
    assert isinstance(verdict, Fail)
    assert "no resource account" in verdict.reason
    assert "ivr@contoso.com" not in str(verdict.commands[0])


def test_an_account_known_by_its_number_gets_no_number_for_a_name() -> None:
    verdict = absent(NoResourceAccount("+15551230100", user_exists=False))
    assert isinstance(verdict, Fail)
    assert "+15551230100" not in str(verdict.commands[0])


def test_a_tenant_without_a_line_fails_and_says_how_many_accounts_were_seen() -> None:
    verdict = absent(NoLine(contoso.TENANT.subject, accounts_seen=3))
    assert isinstance(verdict, Fail)
    assert "3 seen" in verdict.reason
