from checks.graph_ra_permission import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, Pass
from tpe_audit.facts import AccountReaders

KNOWN = (contoso.CLIENT.client_id, contoso.APPLICATION.client_id)


def test_one_application_that_may_list_accounts_is_enough() -> None:
    assert isinstance(check(contoso.TENANT, AccountReaders(KNOWN, KNOWN[:1], KNOWN[1:])), Pass)


def test_an_application_that_asks_in_vain_fails_and_is_consented_to_in_this_tenant() -> None:
    verdict = check(contoso.TENANT, AccountReaders(KNOWN, (), KNOWN[:1]))
    assert isinstance(verdict, Fail)
    assert f"{contoso.TENANT.id}/adminconsent?client_id={KNOWN[0]}" in str(verdict.commands[0])


def test_where_no_known_application_asks_it_is_a_question_about_those_that_were_looked_at() -> None:
    verdict = check(contoso.TENANT, AccountReaders(KNOWN, (), ()))
    assert isinstance(verdict, Manual)
    assert verdict.about == {"applications": ",".join(KNOWN)}


def test_where_no_application_is_known_it_is_a_question() -> None:
    assert isinstance(check(contoso.TENANT, AccountReaders((), (), ())), Manual)
