from checks.conditional_access import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, NotApplicable, Pass
from tpe_audit.facts import BlockingPolicy, ConditionalAccess, UnreadConditionalAccess

CERTAIN = BlockingPolicy("p1", "Block everything", certain=True)
PERHAPS = BlockingPolicy("p2", "Block from abroad", certain=False)


def test_it_is_read_only_where_config_toml_asks_for_it_and_says_how() -> None:
    verdict = check(contoso.TENANT, UnreadConditionalAccess())
    assert isinstance(verdict, NotApplicable)
    assert "[sources.conditional_access]" in verdict.reason


def test_without_a_blocking_policy_it_passes() -> None:
    assert isinstance(check(contoso.TENANT, ConditionalAccess((), 12)), Pass)


def test_a_policy_that_blocks_everybody_fails_by_its_name() -> None:
    verdict = check(contoso.TENANT, ConditionalAccess((PERHAPS, CERTAIN), 2))
    assert isinstance(verdict, Fail)
    assert verdict.observed == "Block everything"


def test_a_policy_with_conditions_is_a_question_about_that_policy() -> None:
    verdict = check(contoso.TENANT, ConditionalAccess((PERHAPS,), 2))
    assert isinstance(verdict, Manual)
    assert verdict.about == {"policies": "p2"}
