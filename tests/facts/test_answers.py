"""Answers are a mapping like any other, however they are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpe_audit.facts import Answer, Answers, Fact, Gap, SignIn, UsageLocation, UserType

Key = tuple[type[Fact], str]
KEYS = st.tuples(st.sampled_from([SignIn, UsageLocation, UserType]), st.sampled_from(["a", "b", "c"]))
GAPS = st.builds(Gap, st.sampled_from(["one", "other"]))
MAPS = st.dictionaries(KEYS, GAPS)


@given(MAPS)
def test_they_hold_what_they_were_given(given_: dict[Key, Answer]) -> None:
    answers = Answers(given_)
    assert answers == given_
    assert dict(answers) == given_
    assert len(answers) == len(given_)
    assert sorted(answers, key=str) == sorted(given_, key=str)


@given(MAPS, MAPS)
def test_what_is_taken_up_counts(one: dict[Key, Answer], other: dict[Key, Answer]) -> None:
    answers, others = Answers(one), Answers(other)
    answers.take(others)
    assert answers == one | other
    assert others == other
    answers[(SignIn, "a")] = Gap("later")
    assert others == other
    plain = Answers(one)
    plain.take(other)
    assert plain == one | other


@given(MAPS)
def test_the_answers_to_one_question_are_its_own(given_: dict[Key, Answer]) -> None:
    of = Answers(given_).to(SignIn)
    assert of == {key: answer for (question, key), answer in given_.items() if question is SignIn}


def test_what_was_taken_away_is_not_there() -> None:
    answers = Answers({(SignIn, "a"): Gap("why")})
    del answers[(SignIn, "a")]
    assert (SignIn, "a") not in answers
    assert not answers
    with pytest.raises(KeyError):
        answers[(UserType, "a")]
    with pytest.raises(KeyError):
        del answers[(UserType, "a")]
