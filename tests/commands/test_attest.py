"""`tpe-audit attest`: a person's answer counts in the next run, until its day, and never over what was read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commands.cli import tpe
from tests.commands.standing import Standing, standing
from tpe_audit.simulator import SCENARIOS, Fault
from tpe_audit.simulator.contoso import IVR, SUPPORT

TODAY = datetime.now(UTC).date()
SAID = ("--by", "Kim Example", "--expires", "30d", "--evidence", "Ticket 1235")
TENANT = "aaaaaaaa-0000-4000-8000-000000000001"


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Standing]:
    """An admin of a healthy tenant, whose questions nobody has answered."""
    with standing(tmp_path) as standing_by:
        text = standing_by.config.read_text(encoding="utf-8")
        kept = text.partition("[[attestations]]")[0] + "# ours\n[endpoints]" + text.partition("[endpoints]")[2]
        standing_by.config.write_text(kept, encoding="utf-8")
        yield standing_by


def _written(admin: Standing, file: str = "config.toml") -> list[dict[str, Any]]:
    text = (admin.folder / file).read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["attestations"]
    return found


def _finding(admin: Standing, check: str) -> dict[str, Any]:
    ran = admin("run", "--check", check, "--format", "json")
    found: dict[str, Any] = ran.report["findings"][0] | {"warnings": ran.report["warnings"]}
    return found


def test_an_answer_makes_the_check_pass_and_is_shown_with_who_and_until(admin: Standing) -> None:
    assert _finding(admin, "information-barriers")["status"] == "manual"
    ran = admin("attest", "information-barriers", *SAID)
    until = TODAY + timedelta(days=30)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"Attested information-barriers until {until}.\nWrote config.toml\n"
    assert "# ours\n" in admin.config.read_text(encoding="utf-8")
    finding = _finding(admin, "information-barriers")
    assert finding["status"] == "pass"
    assert finding["subjects"][0]["reason"] == f"Attested by Kim Example on {TODAY}, until {until}."
    assert finding["subjects"][0]["attestation"] == {
        "by": "Kim Example", "on": TODAY.isoformat(), "expires": until.isoformat(), "evidence": "Ticket 1235",
    }  # fmt: skip
    shown = admin("run", "--check", "information-barriers", "-v", "--output", "-").out
    assert "Kim Example" in shown
    assert str(until) in shown


def test_what_the_answer_is_about_is_read_and_kept_with_it(admin: Standing) -> None:
    ran = admin("attest", "ra-synced", *SAID)
    assert ran.err.startswith("Reading what ra-synced is about …\n")
    entries = _written(admin)
    assert {entry["subject"] for entry in entries} == {IVR, SUPPORT}
    assert all(set(entry["about"]) == {"application_id", "acs_resource_id"} for entry in entries)
    assert _finding(admin, "ra-synced")["status"] == "pass"


def test_what_the_last_run_has_read_is_not_read_again(admin: Standing) -> None:
    assert _finding(admin, "ra-synced")["status"] == "manual"
    before = len(admin.tenant.requests)
    ran = admin("attest", "ra-synced", "--subject", "IVR@contoso.com", *SAID)
    assert (ran.code, len(admin.tenant.requests)) == (0, before)
    [entry] = _written(admin)
    assert entry["subject"] == IVR
    assert set(entry["about"]) == {"application_id", "acs_resource_id"}


def test_an_answer_lapses_when_what_it_is_about_is_read_differently(admin: Standing) -> None:
    admin("attest", "ra-synced", "--subject", IVR, *SAID)
    text = admin.config.read_text(encoding="utf-8")
    [entry] = _written(admin)
    other = text.replace(
        f'about = {{application_id = "{entry["about"]["application_id"]}"', f'about = {{application_id = "{TENANT}"'
    )
    assert other != text
    admin.config.write_text(other, encoding="utf-8")
    finding = _finding(admin, "ra-synced")
    assert {subject["status"] for subject in finding["subjects"]} == {"manual"}
    assert any("was given for another application_id than is read now" in told for told in finding["warnings"])


def test_an_answer_never_overrides_what_was_read_and_fails(tmp_path: Path) -> None:
    with standing(tmp_path, SCENARIOS["reserved-app-id"]()) as admin:
        assert _finding(admin, "app-not-reserved")["status"] == "fail"
        ran = admin("attest", "app-not-reserved", *SAID)
        assert ran.code == 0
        assert "warning: app-not-reserved was no question in the run of " in ran.err
        assert "(fail); what was read is never overridden." in ran.err
        finding = _finding(admin, "app-not-reserved")
        assert finding["status"] == "fail"
        assert {subject["attestation"] for subject in finding["subjects"]} == {None}


def test_a_newer_answer_takes_the_place_of_the_older_one(admin: Standing) -> None:
    admin("attest", "information-barriers", *SAID)
    ran = admin("attest", "information-barriers", "--by", "Robin", "--expires", str(TODAY), "--evidence", "x")
    assert ran.err.endswith("Wrote config.toml, in place of an older one\n")
    [entry] = _written(admin)
    assert (entry["by"], entry["expires"]) == ("Robin", TODAY)
    assert any("expires on" in told for told in _finding(admin, "information-barriers")["warnings"])


def test_answers_may_stand_in_a_file_of_their_own(admin: Standing) -> None:
    before = admin.config.read_text(encoding="utf-8") + '\n[attest]\nfile = "answers/attestations.toml"\n'
    admin.config.write_text(before, encoding="utf-8")
    (admin.folder / "answers").mkdir()
    missing = admin("run", "--check", "information-barriers")
    assert missing.code == 2
    assert "attestations.toml: there is no such file" in missing.err
    assert admin("attest", "information-barriers", *SAID).code == 0
    assert admin.config.read_text(encoding="utf-8") == before
    assert [entry["check"] for entry in _written(admin, "answers/attestations.toml")] == ["information-barriers"]
    assert _finding(admin, "information-barriers")["status"] == "pass"


def test_what_is_wrong_in_that_file_is_told_with_its_place(admin: Standing) -> None:
    with admin.config.open("a") as file:
        file.write('\n[attest]\nfile = "ours.toml"\n')
    entry = "[[attestations]]\ncheck = 'bot-exists'\nby = 'K'\non = 2026-11-20\nexpires = 2026-12-20\n"
    for text, said in (
        (entry, "ours.toml: attestations[0].check: bot-exists never asks a person"),
        (entry.replace("bot-exists", "bots"), "ours.toml: attestations[0].check: there is no check 'bots'"),
        (entry.replace("by = 'K'\n", ""), "ours.toml: attestations[0].by: it is missing"),
        ("[teams]\n", "ours.toml: teams: there is no such key"),
    ):
        (admin.folder / "ours.toml").write_text(text)
        ran = admin("run")
        assert ran.code == 2
        assert said in ran.err


def test_without_a_connection_the_answer_is_kept_and_the_doubt_told(admin: Standing) -> None:
    admin.tenant.behaviour.faults.append(Fault("/", status=403))
    ran = admin("attest", "ra-synced", "--subject", IVR, *SAID)
    assert ran.code == 0
    assert (
        f"warning: What ra-synced for {IVR} is about could not be read now, so the answer is kept without it" in ran.err
    )
    assert "about" not in _written(admin)[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bot-exists", *SAID), "nothing was attested: bot-exists never asks a person, so nobody can answer it; such"),
        (("ra-sinced", *SAID), "nothing was attested: there is no check 'ra-sinced'; did you mean ra-synced"),
        (("ra-synced", "--subject", "nobody", *SAID), "'nobody': no run that was kept has seen it, and it is not the"),
        (("information-barriers", "--subject", IVR, *SAID), "it is not the tenant id"),
        (("ra-synced", *SAID[2:]), "Missing option '--by'"),
        (("ra-synced", *SAID[:2], *SAID[4:]), "Missing option '--expires'"),
        (("ra-synced", *SAID[:4]), "Missing option '--evidence'"),
        (("ra-synced", *SAID, "--by", " "), "--by needs a text"),
        (("ra-synced", *SAID, "--expires", "2020-01-31"), "--expires 2020-01-31 is before the answer itself"),
        (("ra-synced", *SAID, "--on", "2020-01-01", "--expires", "10d"), "is past, so the answer would not count"),
        (("ra-synced", *SAID, "--on", "2999-01-01"), "--on 2999-01-01 is still to come"),
        (
            ("ra-synced", *SAID, "--expires", "soon"),
            "'soon' is neither a day, such as 2026-12-20, nor a number of days",
        ),
        (("ra-synced", *SAID, "--expires", "20261220"), "is neither a day"),
        (("ra-synced", *SAID, "--expires", "99999d", "--on", "1970-01-01", "--expires", "0d"), "is neither a day"),
        (("ra-synced", *SAID, "--on", "yesterday"), "'yesterday' is no day"),
        (("ra-synced", *SAID, "--config", "nowhere.toml"), "nowhere.toml: there is no such file"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    admin: Standing, arguments: tuple[str, ...], said: str
) -> None:
    before = admin.config.read_bytes()
    ran = admin("attest", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert admin.config.read_bytes() == before


def test_answers_of_the_environment_would_win_so_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'[teams]\ntenant_id = "{TENANT}"\n')
    ran = tpe(tmp_path, "attest", "ra-synced", *SAID, environment={"TPE_AUDIT_ATTESTATIONS": "[]"})
    assert ran.code == 2
    assert "TPE_AUDIT_ATTESTATIONS is set, and replaces what stands in a file" in ran.err


def test_without_a_configuration_there_is_nothing_to_write_to(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "attest", "ra-synced", *SAID)
    assert ran.code == 2
    assert "config.toml: there is no such file" in ran.err
