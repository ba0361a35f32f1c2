"""An answer is written into a TOML file, and everything else in it stays as it was."""

from __future__ import annotations

import os
import threading
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpe_audit.attesting import NotWritten, record
from tpe_audit.terms import Attestation

ENTRY = Attestation(
    "ra-synced", "Kim", date(2026, 11, 20), date(2026, 12, 20), "aa", "Ticket 1", {"application_id": "b"}
)
EXAMPLE = Path(__file__).parents[1] / "config.example.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def _entries(path: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(path.read_text(encoding="utf-8-sig"))["attestations"]
    return found


def test_every_comment_of_the_example_stays(file: Path) -> None:
    before = EXAMPLE.read_text(encoding="utf-8")
    file.write_text(before, encoding="utf-8")
    record(file, [ENTRY])
    after = file.read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert _entries(file) == [
        {
            "check": "ra-synced",
            "subject": "aa",
            "by": "Kim",
            "on": date(2026, 11, 20),
            "expires": date(2026, 12, 20),
            "evidence": "Ticket 1",
            "about": {"application_id": "b"},
        }
    ]


def test_an_older_entry_is_replaced_in_its_place_with_its_comments(file: Path) -> None:
    file.write_text(
        "# ours\n[[attestations]]  # asked in May\ncheck = 'ra-synced'\nsubject = 'AA'\nby = 'Robin' # left\n"
        "on = 2026-05-01\nexpires = 2026-06-01\n\n[[attestations]]\ncheck = 'ra-synced'\nby = 'R'\non = 2026-05-01\n"
        "expires = 2026-06-01\n\n# whom to tell\n[notify]\nalways = true\n"
    )
    assert record(file, [ENTRY]) == 1
    text = file.read_text(encoding="utf-8")
    for comment in ("# ours\n", "# asked in May\n", "# left\n", "# whom to tell\n[notify]\n"):
        assert comment in text
    assert [(entry["check"], entry.get("subject"), entry["by"]) for entry in _entries(file)] == [
        ("ra-synced", "aa", "Kim"),
        ("ra-synced", None, "R"),
    ]


def test_of_several_older_entries_one_is_left(file: Path) -> None:
    record(file, [ENTRY])
    twice = file.read_text(encoding="utf-8")
    file.write_text(twice + "\n" + twice, encoding="utf-8")
    assert record(file, [replace(ENTRY, evidence="", about={})]) == 1
    [entry] = _entries(file)
    assert entry.keys() == {"check", "subject", "by", "on", "expires"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff[teams]\r\ntenant_id = 'x' # ours\r\n",
        "attestations = []\n[teams]\ntenant_id = 'x'\n",
        "attestations = [{check = 'a', by = 'b'}]\n",
        "[teams]\ntenant_id = 'x'\n\n[[waivers]]\ncheck = 'a'",
        "[[attestations]]\ncheck = 'a'\n\n[notify]\nalways = true\n\n[[waivers]]\ncheck = 'b'\n",
        "[[deployment.lines]]\nnumber = '+1'\n[deployment]\nbilling = 'mca'\n",
    ],
    ids=range(7),
)
def test_it_is_written_whatever_the_file_looks_like(file: Path, text: str) -> None:
    file.write_bytes(text.encode())
    before = tomllib.loads(text.removeprefix("\ufeff"))
    record(file, [ENTRY])
    after = tomllib.loads(file.read_bytes().decode().removeprefix("\ufeff"))
    assert {key: value for key, value in after.items() if key != "attestations"} == {
        key: value for key, value in before.items() if key != "attestations"
    }
    assert [entry["check"] for entry in after["attestations"]] == [
        *(entry["check"] for entry in before.get("attestations", [])),
        "ra-synced",
    ]
    assert file.read_bytes().decode().startswith("\ufeff") == text.startswith("\ufeff")
    assert file.read_bytes().decode().count("# ours\r\n") == text.count("# ours\r\n")


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and text.isprintable()))
def test_any_text_is_read_again_as_it_was_given(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "attestations.toml"
        record(path, [replace(ENTRY, by=text, evidence=f"{text} ''' \"\"\" \\ #", about={text: text})])
        [entry] = _entries(path)
    assert (entry["by"], entry["about"]) == (text, {text: text})
    assert entry["evidence"] == f"{text} ''' \"\"\" \\ #"


def test_a_file_that_is_there_keeps_its_mode_and_its_link(tmp_path: Path, file: Path) -> None:
    file.write_text("")
    file.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    record(link, [ENTRY])
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name != "posix", reason="there are no modes")
def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    record(tmp_path / "attestations.toml", [ENTRY])
    assert (tmp_path / "attestations.toml").stat().st_mode & 0o777 == 0o600


def test_answers_that_come_at_once_are_all_kept(file: Path) -> None:
    file.write_text("# ours\n")
    threads = [
        threading.Thread(target=record, args=(file, [replace(ENTRY, subject=str(number))])) for number in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {entry["subject"] for entry in _entries(file)} == set(map(str, range(10)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[teams", "it is not TOML"),
        (b"\x80", "it is not TOML"),
        (b"attestations = 7\n", "attestations is no list of tables"),
        (b"[attestations]\nx = 1\n", "attestations is no list of tables"),
    ],
)
def test_a_file_that_cannot_be_changed_is_left_as_it_is(file: Path, text: bytes, said: str) -> None:
    file.write_bytes(text)
    with pytest.raises(NotWritten, match=said):
        record(file, [ENTRY])
    assert file.read_bytes() == text


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="nowhere"):
        record(tmp_path / "nowhere" / "attestations.toml", [ENTRY])
