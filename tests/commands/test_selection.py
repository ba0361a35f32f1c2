"""Which checks a command line chooses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.commands.cli import tpe
from tpe_audit import catalog
from tpe_audit.catalog import Check
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.selection import chosen
from tpe_audit.config import Config, of_mapping

CATALOG = catalog.find()


def _asked(**options: Any) -> Asked:
    return Asked(**options)


def _config(*skip: str) -> Config:
    tenant = "aaaaaaaa-0000-4000-8000-000000000001"
    return of_mapping({"teams": {"tenant_id": tenant}, "checks": {"skip": list(skip)}}, Path())


def _chosen(*skipped: str, **options: tuple[str, ...]) -> set[str]:
    return set(chosen(_asked(**options), _config(*skipped), CATALOG))


def _which(**wanted: str) -> set[str]:
    def fits(check: Check) -> bool:
        return all(getattr(check, name) == value for name, value in wanted.items())

    return {check.id for check in CATALOG.checks.values() if fits(check)}


def test_without_a_choice_all_are_chosen() -> None:
    assert _chosen() == set(CATALOG.checks)


def test_values_of_one_option_add_up_and_options_narrow_each_other() -> None:
    assert _chosen(area=("bot", "acs")) == _which(area="bot") | _which(area="acs")
    assert _chosen(area=("bot",), severity=("blocker",)) == _which(area="bot", severity="blocker") < _which(area="bot")
    assert _chosen(owner=("azure-admin",), area=("consent",)) == {"server-consent"}
    assert _chosen(check=("bot-exists", "acs-exists"), area=("acs",)) == {"acs-exists"}


def test_what_is_skipped_is_not_chosen() -> None:
    assert _chosen(skip=("bot-exists",)) == set(CATALOG.checks) - {"bot-exists"}
    assert _chosen("acs-exists", skip=("bot-exists",)) == set(CATALOG.checks) - {"bot-exists", "acs-exists"}


def test_a_check_that_is_asked_for_is_run_though_the_configuration_skips_it() -> None:
    assert _chosen("bot-exists", check=("bot-exists",)) == {"bot-exists"}


@pytest.mark.parametrize(
    "options",
    [
        {"check": ("bot-exists",), "area": ("acs",)},
        {"check": ("bot-exists",), "skip": ("bot-exists",)},
        {"owner": ("carrier",), "area": ("bot",)},
        {"area": ("bot",), "owner": ("billing-admin",)},
    ],
    ids=str,
)
def test_a_selection_that_hits_nothing_is_refused(options: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(NoAudit, match="the selection hits no check"):
        _chosen(**options)


def test_an_unknown_check_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(NoAudit, match="no check 'bot-team-channel'; did you mean bot-teams-channel"):
        _chosen(check=("bot-team-channel",))
    with pytest.raises(NoAudit, match="no check 'acs_exists'; did you mean acs-exists"):
        _chosen(skip=("acs_exists",))
    with pytest.raises(NoAudit, match="no check 'zzz'; tpe-audit list shows them all"):
        _chosen(check=("zzz",))


def test_the_command_line_chooses_what_is_reported(tmp_path: Path) -> None:
    ran = tpe(
        tmp_path, "run", "--demo", "--area", "bot", "--severity", "blocker", "--skip", "bot-exists", "--format", "json"
    )
    assert (ran.code, ran.checks) == (0, {"bot-teams-channel"})
    assert ran.report["selected"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--check", "bot-team-channel"), "did you mean bot-teams-channel"),
        (("--check", "bot-exists", "--area", "acs"), "the selection hits no check; tpe-audit list shows them all"),
    ],
    ids=str,
)
def test_a_wrong_choice_is_2_and_nothing_is_audited(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = tpe(tmp_path, "run", "--demo", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not list(tmp_path.iterdir())
