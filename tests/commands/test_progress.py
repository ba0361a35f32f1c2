"""What is told while a tenant is read: true counts, an estimate only when there is something to go by, one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tenant import reading
from tpe_audit import facts
from tpe_audit.commands.progress import Counted, Progress
from tpe_audit.simulator import large


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        (Counted(1, 10_000, 0.0), "1 of 10,000"),
        (Counted(49, 10_000, 60.0), "49 of 10,000"),
        (Counted(2_000, 10_000, 9.0), "2,000 of 10,000"),
        (Counted(9_990, 10_000, 60.0), "9,990 of 10,000"),
        (Counted(2_500, 10_000, 60.0), "2,500 of 10,000, about 3 min more"),
        (Counted(7_500, 10_000, 60.0), "7,500 of 10,000, about 20 s more"),
        (Counted(5_000, 10_000, 90.0), "5,000 of 10,000, about 90 s more"),
        (Counted(34_965, None, 90.0), "34,965 so far"),
    ],
    ids=str,
)
def test_the_rest_is_estimated_only_once_enough_is_done(counted: Counted, words: str) -> None:
    assert counted.words == words


def test_what_is_done_is_no_longer_told() -> None:
    progress = Progress()
    progress.told(3, 74)
    progress.counted("consents of accounts", 1, 2)
    assert progress.words(80) == "Reading the tenant: 3 of 74 readings; consents of accounts 1 of 2"
    progress.counted("consents of accounts", 2, 2)
    assert progress.words(80) == "Reading the tenant: 3 of 74 readings"


def test_on_a_narrow_terminal_the_estimate_is_told_whole() -> None:
    now = 0.0
    progress = Progress(lambda: now)
    progress.told(55, 56)
    progress.counted("consents of accounts", 1, 10_000)
    now = 60.0
    progress.counted("consents of accounts", 2_500, 10_000)
    assert progress.words(78) == "Reading: consents of accounts 2,500 of 10,000, about 3 min more"


def test_what_does_not_fit_is_left_out() -> None:
    progress = Progress()
    progress.told(50, 56)
    for what in ("agents", "consents of accounts", "resource accounts"):
        progress.counted(what, 16_983, None)
    assert progress.words(70) == "Reading: agents 16,983 so far; consents of accounts 16,983 so far"
    assert progress.words(30) == "Reading: agents 16,983 so far"


@given(
    st.integers(0, 10**6),
    st.integers(10, 200),
    st.dictionaries(st.sampled_from(["acs", "arm", "graph"]), st.integers(1, 10**6)),
)
def test_the_state_is_one_line_of_any_terminal(done: int, width: int, answered: dict[str, int]) -> None:
    now = 0.0
    progress = Progress(lambda: now)
    progress.answered.update(answered)
    progress.told(50, 74)
    progress.counted("consents of accounts", 0, 10**6 + 1)
    now = 100.0
    progress.counted("consents of accounts", done, 10**6 + 1)
    assert len(progress.words(width)) <= width
    assert "\n" not in progress.words(width)


async def test_every_consent_is_counted_to_the_last() -> None:
    told: list[tuple[str, int, int | None]] = []
    async with reading(large(30, 5)) as read:
        read.sources.ledger.counted = lambda *counted: told.append(counted)
        await read((facts.ResourceAccount, facts.ServerConsent), (facts.Agent, facts.ClientConsents))
    assert [told_ for told_ in told if told_[0] == "consents of accounts"] == [
        ("consents of accounts", done, 30) for done in range(1, 31)
    ]
    assert told[-1][1] == told[-1][2]
    assert ("consents of agents", 5, 5) in told


async def test_a_long_list_is_counted_page_by_page() -> None:
    told: list[tuple[str, int, int | None]] = []
    async with reading(large(150, 1_200)) as read:
        read.sources.ledger.counted = lambda *counted: told.append(counted)
        await read(
            (facts.ResourceAccount, facts.SignIn),
            (facts.ResourceAccount, facts.PhoneNumber),
            (facts.Agent, facts.TeamsUser),
        )
    counts = {what: [(done, total) for called, done, total in told if called == what] for what, _, _ in told}
    assert counts["resource accounts"] == [(100, None), (150, None), (150, 150)]
    assert counts["agents"] == [(999, None), (1_200, None), (1_200, 1_200)]
    assert counts["Teams users"][-1] == (1_350, 1_350)
    assert counts["users of accounts"][-1] == (150, 150)
    assert counts["number assignments"][-1] == (150, 150)


def test_a_list_that_can_not_be_read_to_its_end_is_no_longer_told() -> None:
    progress = Progress()
    progress.told(3, 74)
    progress.counted("agents", 999, None)
    assert progress.words(80) == "Reading the tenant: 3 of 74 readings; agents 999 so far"
    progress.counted("agents", 999, 999)
    assert progress.words(80) == "Reading the tenant: 3 of 74 readings"
