from checks.ra_not_aa_cq import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import VoiceApplications


def test_an_account_of_its_own_passes() -> None:
    assert isinstance(check(contoso.ACCOUNT, VoiceApplications(())), Pass)


def test_one_that_answers_for_others_fails_and_names_them() -> None:
    verdict = check(contoso.ACCOUNT, VoiceApplications(("the auto attendant Front Desk", "the call queue Sales")))
    assert isinstance(verdict, Fail)
    assert "the auto attendant Front Desk and the call queue Sales" in verdict.reason
    assert f"-Identities '{contoso.ACCOUNT.id}'" in str(verdict.commands[0])
