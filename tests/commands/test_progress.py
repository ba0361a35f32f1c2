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
    told: list[tuple[str, int, int]] = []
    async with reading(large(30, 5)) as read:
        read.sources.ledger.counted = lambda *counted: told.append(counted)
        await read((facts.ResourceAccount, facts.ServerConsent), (facts.Agent, facts.ClientConsents))
    assert [told_ for told_ in told if "accounts" in told_[0]] == [
        ("consents of accounts", done, 30) for done in range(1, 31)
    ]
    assert told[-1][1] == told[-1][2]
    assert ("consents of agents", 5, 5) in told
