"""All answers of a tenant, kept so that a hundred thousand things fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping

from tpe_audit.facts.base import Answer, Fact

Key = tuple[type[Fact], str]


class Answers(MutableMapping[Key, Answer]):
    """What is known, by question and subject key.

    Kept by question, then by subject: a pair for each answer would take more memory than the answers themselves.
    """

    __slots__ = ("_of",)

    def __init__(self, answers: Mapping[Key, Answer] | None = None) -> None:
        self._of: dict[type[Fact], dict[str, Answer]] = {}
        self.update(answers or {})

    def __getitem__(self, key: Key) -> Answer:
        question, subject = key
        return self._of[question][subject]

    def __setitem__(self, key: Key, answer: Answer) -> None:
        question, subject = key
        self._of.setdefault(question, {})[subject] = answer

    def __delitem__(self, key: Key) -> None:
        question, subject = key
        del self._of[question][subject]

    def __iter__(self) -> Iterator[Key]:
        return ((question, subject) for question, of in self._of.items() for subject in of)

    def __len__(self) -> int:
        return sum(map(len, self._of.values()))

    def take(self, others: Mapping[Key, Answer]) -> None:
        """Take up other answers; where a question on a thing is answered already, theirs counts."""
        if not isinstance(others, Answers):
            self.update(others)
            return
        for question, of in others._of.items():  # noqa: SLF001 - of this class
            self._of.setdefault(question, {}).update(of)

    def to(self, question: type[Fact]) -> Mapping[str, Answer]:
        """Return the answers to a question, by subject key."""
        return self._of.get(question, {})
