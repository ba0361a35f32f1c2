import pytest

from checks.admin_role import check
from tests.checks import contoso
from tpe_audit import Manual, Pass
from tpe_audit.facts import RoleHolders


@pytest.mark.parametrize(
    "roles",
    [
        ("Global Administrator",),
        ("Teams Administrator", "License Administrator", "Privileged Role Administrator"),
        ("Teams Administrator", "User Administrator", "Cloud Application Administrator"),
    ],
)
def test_roles_that_cover_all_duties_pass(roles: tuple[str, ...]) -> None:
    assert isinstance(check(contoso.TENANT, RoleHolders(tuple((role, 1) for role in roles))), Pass)


def test_a_role_that_nobody_holds_for_good_is_a_question_not_a_fault() -> None:
    held = (("Teams Administrator", 0), ("User Administrator", 2), ("Cloud Application Administrator", 1))
    verdict = check(contoso.TENANT, RoleHolders(held))
    assert isinstance(verdict, Manual)
    assert "Teams Administrator" in verdict.reason
    assert "User Administrator" not in verdict.reason
