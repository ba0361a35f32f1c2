from checks.acs_federation_enabled import applies, check
from tests.checks import contoso
from tpe_audit import Fail, NotApplicable, Pass
from tpe_audit.facts import AcsFederation, Deployment


def test_federation_that_is_on_passes() -> None:
    assert isinstance(check(contoso.TENANT, AcsFederation(enabled=True, allowed_resources=())), Pass)


def test_federation_that_is_off_fails_and_says_who_asks_for_it_and_how_to_do_without() -> None:
    verdict = check(contoso.TENANT, AcsFederation(enabled=False, allowed_resources=()))
    assert isinstance(verdict, Fail)
    assert "do not ask for it" in verdict.reason
    assert "Dynamics 365 community" in verdict.reason
    assert 'acs_federation = "not-used"' in verdict.reason


def test_the_fix_reads_the_list_first_and_keeps_what_is_on_it() -> None:
    verdict = check(contoso.TENANT, AcsFederation(enabled=False, allowed_resources=(contoso.OTHER_ID,)))
    assert isinstance(verdict, Fail)
    assert [str(command).split("-")[0] for command in verdict.commands] == [
        "Get",
        "$allowlist = @('c0ffee00",
        "Set",
    ]


def test_it_does_not_apply_where_federation_is_declared_unused() -> None:
    assert isinstance(applies(Deployment(acs_federation_used=False)), NotApplicable)


def test_it_applies_where_nothing_is_declared() -> None:
    assert applies(Deployment()) is None
