"""Puts stand-ins for whatever names somebody or something in an evidence file.

The same original has the same stand-in in all of the file, whatever its case, so that everything still joins. It is
made with a key (HMAC-SHA-256): without it nobody can find out an original by trying.

By default a text of a fact is a name, and replaced. What is kept is listed in `kept`: words of Microsoft's, which
checks compare with. What a text is by its looks (an id, a number, an address, …) decides what its stand-in looks like.
Sentences keep their words: what is known of the file's names, or looks like an id, number or address, is replaced.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from tpe_audit.evidence.kept import FIELDS, SENTENCES, WITH_IDS, WORDS
from tpe_audit.evidence.standins import Names, StandIns, is_id


def redacted(document: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """Return the document with stand-ins made with a key."""
    return _Redaction(StandIns(key)).document(copy.deepcopy(dict(document)))


class _Redaction:
    def __init__(self, stand_ins: StandIns) -> None:
        self._stand_ins = stand_ins
        self._replaced: dict[str, str] = {}
        """What was replaced, as it is written, and by what: to be found in sentences too."""
        self._names = Names({})

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        """Replace in place: first what is named by itself, then in sentences what is known by then."""
        document["redacted"] = True
        self._walk(document, self._structured)
        self._names = Names(self._replaced)
        self._walk(document, self._sentences)
        return document

    def _walk(self, document: dict[str, Any], change: Callable[[str, str, str], str]) -> None:
        """Put every text of the document through `change`, with the fact and the field that it is in."""
        for section in ("tenant", "azure_tenant"):
            document[section] = self._part("Tenant", document[section], change)
        for listed in document["census"]:
            for found in listed["found"]:
                found["subject"] = self._part("Subject", found["subject"], change)
                self._told(found["told"], change)
            self._told(listed["gap"], change)
            listed["nothing"] = change("", "nothing", listed["nothing"])
        for answered in document["answers"]:
            kind, _, identifier = answered["of"].partition(":")
            answered["of"] = f"{kind}:{change('Subject', 'id', identifier).casefold()}"
            self._told(answered["told"], change)
        for unanswered in document["unread"]:
            self._told(unanswered["told"], change)
        for searched in document["listed"]:
            searched["keys"] = [change("Subject", "id", key) for key in searched["keys"]]
            searched["where"] = change("", "where", searched["where"])
            self._told(searched["gap"], change)
        self._walk_the_run(document, change)

    def _walk_the_run(self, document: dict[str, Any], change: Callable[[str, str, str], str]) -> None:
        """Put through `change` what is told of the run itself."""
        for request in document["requests"]:
            for name in ("request", "request_id"):
                request[name] = change("", name, request[name])
        for report in document["sources"]:
            report["tenant"] = change("Tenant", "id", report["tenant"])
            report["reason"] = change("", "reason", report["reason"])
        for name in ("warnings", "errors"):
            document[name] = [change("", "reason", text) for text in document[name]]
        for name in ("attestations", "waivers"):
            document[name] = [self._part("Entry", entry, change) for entry in document[name]]

    def _told(self, told: dict[str, Any] | None, change: Callable[[str, str, str], str]) -> None:
        if told is None:
            return
        for said in told["facts"] or ():
            said["value"] = self._part(said["fact"], said["value"], change)
        if gap := told["gap"]:
            gap["reason"] = change("", "reason", gap["reason"])
            gap["lacks"] = [change("", "reason", lack) for lack in gap["lacks"]]

    def _part(self, fact: str, value: Any, change: Callable[[str, str, str], str], field: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._part(fact, item, change, f"{field}.{name}".strip(".")) for name, item in value.items()}
        if isinstance(value, list):
            return [self._part(fact, item, change, field) for item in value]
        return change(fact, field, value) if isinstance(value, str) else value

    def _structured(self, fact: str, field: str, text: str) -> str:
        if _is_sentence(fact, field) or _is_kept(fact, field, text):
            return text
        found = self._stand_ins.of(text)
        if found != text:
            self._replaced[text] = found
            for part in self._stand_ins.parts(text):
                self._replaced.setdefault(part, self._stand_ins.of(part))
        return found

    def _sentences(self, fact: str, field: str, text: str) -> str:
        if not _is_sentence(fact, field):
            return text
        return self._stand_ins.in_text(text, self._names)


def _is_sentence(fact: str, field: str) -> bool:
    return not fact or f"{fact}.{field}" in SENTENCES or field.rpartition(".")[2] in SENTENCES


def _is_kept(fact: str, field: str, text: str) -> bool:
    if not text or text in WORDS:
        return True
    listed = f"{fact}.{field}" in FIELDS or f"{fact}.*" in FIELDS
    return listed and (fact in WITH_IDS or not is_id(text))
