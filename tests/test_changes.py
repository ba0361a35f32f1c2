"""What has changed between two runs is told by check and subject, and never more than both were asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats import contoso
from tpe_audit import stored
from tpe_audit.changes import Change, Changes, Section, Snapshot, Told, compare
from tpe_audit.comparing import compared
from tpe_audit.facts import Kind, Subject
from tpe_audit.formats import Format, render
from tpe_audit.report import Report
from tpe_audit.verdicts import Status

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def told(name: str, status: Status, cause: str = "") -> Told:
    return Told(Subject(Kind.ACCOUNT, name, name), status, f"It is {status}.", cause)


def section(check: str, *said: Told, status: Status | None = None, **more: Any) -> Section:
    worst = status or min((one.status for one in said), key=lambda one: one.rank, default=Status.NOT_APPLICABLE)
    return Section(check, f"{check} holds", worst, f"It is {worst}.", said, **more)


def snapshot(*sections: Section, verdict: str = "ready", profile: str = "scheduled", subjects: str = "") -> Snapshot:
    return Snapshot(AT, verdict, profile, sections, frozenset(subjects.split()))


def one(before: Told | None, now: Told | None, **more: Any) -> Changes:
    """What has changed of the one thing that a check is about."""
    old, new = ([said] if said else [] for said in (before, now))
    return compare(snapshot(section("a", *old, **more)), snapshot(section("a", *new, **more)))


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (Status.PASS, Status.FAIL, Change.NEW),
        (Status.UNKNOWN, Status.FAIL, Change.NEW),
        (Status.WAIVED, Status.FAIL, Change.NEW),
        (Status.FAIL, Status.FAIL, Change.STILL),
        (Status.FAIL, Status.PASS, Change.MENDED),
        (Status.FAIL, Status.WAIVED, Change.MENDED),
        (Status.FAIL, Status.NOT_APPLICABLE, Change.MENDED),
        (Status.FAIL, Status.UNKNOWN, Change.UNREADABLE),
        (Status.PASS, Status.UNKNOWN, Change.UNREADABLE),
        (Status.PASS, Status.MANUAL, Change.UNREADABLE),
        (Status.PASS, Status.PASS, None),
        (Status.UNKNOWN, Status.UNKNOWN, None),
        (Status.UNKNOWN, Status.PASS, None),
        (Status.MANUAL, Status.PASS, None),
    ],
)
def test_each_change_has_its_name(before: Status, now: Status, change: Change | None) -> None:
    changes = one(told("x", before), told("X", now))
    assert [item.change for item in changes.changed] == ([change] if change else [])
    assert changes.otherwise == (change is None and before is not now)
    assert changes.different == (before is not now)
    for item in changes.changed:
        assert (item.before, item.now, item.reason) == (before, now, f"It is {now}.")


def test_what_is_new_and_fails_is_new_and_what_is_gone_is_mended() -> None:
    [new] = one(told("y", Status.PASS), told("x", Status.FAIL)).changed
    assert (new.change, new.before) == (Change.NEW, None)
    [gone] = one(told("x", Status.FAIL), told("y", Status.PASS)).changed
    assert (gone.change, gone.now, gone.reason) == (Change.MENDED, None, "It is fail.")


def test_that_something_is_new_and_holds_or_is_gone_is_no_difference() -> None:
    assert not one(told("x", Status.PASS), told("y", Status.PASS)).different


def test_a_check_that_was_not_asked_in_one_of_them_is_not_compared() -> None:
    failing, other = section("a", told("x", Status.FAIL)), section("b", told("x", Status.PASS))
    assert compare(snapshot(failing, other), snapshot(other)) == Changes(AT, "ready", ())
    assert compare(snapshot(other), snapshot(failing, other)) == Changes(AT, "ready", ())


def test_a_subject_that_was_not_asked_in_one_of_them_is_not_compared() -> None:
    both = snapshot(section("a", told("x", Status.PASS), told("y", Status.FAIL)))
    alone = snapshot(section("a", told("x", Status.FAIL)), subjects="x")
    assert [(i.change, i.subject and i.subject.id) for i in compare(both, alone).changed] == [(Change.NEW, "x")]
    assert [(i.change, i.subject and i.subject.id) for i in compare(alone, both).changed] == [(Change.MENDED, "x")]


def test_a_check_that_another_profile_asks_of_nobody_is_not_compared() -> None:
    failing, spared = section("a", told("x", Status.FAIL)), section("a")
    assert compare(snapshot(failing), snapshot(spared, profile="go-live")).changed == ()
    [mended] = compare(snapshot(failing), snapshot(spared)).changed
    assert (mended.change, mended.now) == (Change.MENDED, Status.NOT_APPLICABLE)


def test_what_could_not_be_listed_is_told_of_once_and_never_as_mended() -> None:
    old = section("a", *(told(str(number), Status.FAIL) for number in range(50)))
    unlisted = section("a", status=Status.UNKNOWN, listed=False)
    [lost] = compare(snapshot(old), snapshot(unlisted)).changed
    assert (lost.change, lost.subject, lost.before, lost.now) == (Change.UNREADABLE, None, Status.FAIL, Status.UNKNOWN)
    partly = section("a", told("1", Status.FAIL), status=Status.FAIL, listed=False)
    changes = compare(snapshot(old), snapshot(partly)).changed
    assert [item.change for item in changes] == [Change.STILL, Change.UNREADABLE]
    assert compare(snapshot(unlisted), snapshot(unlisted)) == Changes(AT, "ready", ())
    assert compare(snapshot(unlisted), snapshot(old)).of(Change.NEW) != ()
    assert compare(snapshot(unlisted), snapshot(section("a", told("x", Status.PASS)))).otherwise == 1


def test_what_is_blocked_is_no_news_beside_the_failure_that_blocks_it() -> None:
    cause_before, cause = section("cause", told("t", Status.PASS)), section("cause", told("t", Status.FAIL))
    blocked = section("a", told("x", Status.BLOCKED, "cause"))
    passing, failing = section("a", told("x", Status.PASS)), section("a", told("x", Status.FAIL))
    changes = compare(snapshot(cause_before, passing), snapshot(cause, blocked))
    assert [(item.change, item.check) for item in changes.changed] == [(Change.NEW, "cause")]
    hidden = compare(snapshot(cause_before, failing), snapshot(cause, blocked))
    assert [(item.change, item.check) for item in hidden.changed] == [
        (Change.NEW, "cause"),
        (Change.UNREADABLE, "a"),
    ]


def test_what_is_blocked_by_a_failure_that_was_not_chosen_is_that_failure() -> None:
    blocked, passing = (section("a", told("x", s, "cause")) for s in (Status.BLOCKED, Status.PASS))
    assert [item.change for item in compare(snapshot(passing), snapshot(blocked)).changed] == [Change.NEW]
    assert [item.change for item in compare(snapshot(blocked), snapshot(passing)).changed] == [Change.MENDED]


def test_those_that_are_only_counted_hold() -> None:
    many = section("a", told("x", Status.PASS), quiet=Status.PASS)
    [new] = compare(snapshot(many), snapshot(section("a", told("z", Status.FAIL)))).changed
    assert (new.change, new.before) == (Change.NEW, Status.PASS)
    [mended] = compare(snapshot(section("a", told("z", Status.FAIL))), snapshot(many)).changed
    assert (mended.change, mended.now) == (Change.MENDED, Status.PASS)
    assert compare(snapshot(section("a", told("z", Status.PASS))), snapshot(many)) == Changes(AT, "ready", ())
    assert compare(snapshot(many), snapshot(section("a", told("z", Status.NOT_APPLICABLE)))).otherwise == 0


STATUSES = st.sampled_from(list(Status))
SAID = st.dictionaries(st.sampled_from("uvwxyz"), STATUSES, min_size=1).map(
    lambda said: [told(name, status) for name, status in said.items()]
)


@given(SAID, SAID, st.randoms())
def test_the_order_of_checks_and_subjects_does_not_matter(before: list[Told], now: list[Told], random: Random) -> None:
    def shuffled(said: list[Told]) -> list[Told]:
        mixed = [replace(one, subject=replace(one.subject, id=one.subject.id.upper())) for one in said]
        random.shuffle(mixed)
        return mixed

    def found(changes: Changes) -> list[tuple[str, str]]:
        return sorted((item.change.value, item.subject.id.lower() if item.subject else "") for item in changes.changed)

    straight = compare(snapshot(section("a", *before)), snapshot(section("a", *now)))
    mixed = compare(snapshot(section("a", *shuffled(before))), snapshot(section("a", *shuffled(now))))
    assert found(straight) == found(mixed)
    assert straight.otherwise == mixed.otherwise


@given(SAID)
def test_a_run_is_the_same_as_itself(said: list[Told]) -> None:
    changes = compare(snapshot(section("a", *said)), snapshot(section("a", *said)))
    assert not changes.different


@pytest.mark.parametrize("report", [contoso.report(), contoso.healthy(), contoso.hostile(), contoso.large(1200)])
def test_a_report_is_the_same_as_the_one_that_was_kept_of_it(report: Report) -> None:
    kept = stored.parse(render(report, Format.JSON).encode(), "x")
    assert not compared(kept, report).different
    assert not compared(kept, kept).different


def test_a_thousand_passes_and_more_are_compared_though_they_are_not_listed() -> None:
    def kept(status: Status) -> stored.StoredReport:
        return stored.parse(render(contoso.large(1500, status), Format.JSON).encode(), "x")

    passing, failing = kept(Status.PASS), kept(Status.FAIL)
    new = compared(passing, failing).of(Change.NEW)
    assert len(new) >= 1500
    assert {item.before for item in new} == {Status.PASS}
    assert {item.now for item in compared(failing, passing).of(Change.MENDED)} == {Status.PASS}
