"""The command as a process: signals, closed pipes, services that are not there, and what is loaded for what."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SECRET = "s3cret~value"
SOURCE = str(Path(__file__).parents[2] / "src")
ENVIRONMENT = {
    **{
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("TPE_AUDIT_", "AZURE_")) and not name.upper().endswith("_PROXY")
    },
    "PYTHONPATH": SOURCE,
    "TPE_AUDIT_TEAMS__CREDENTIAL__CLIENT_SECRET": SECRET,
}
HEAVY = {
    "aiohttp", "azure", "cryptography", "httpx", "jinja2", "kiota_abstractions", "kiota_http", "msgraph",
    "pydantic", "pydantic_settings", "rich", "tenacity", "trustme", "uvicorn",
}  # fmt: skip
posix = pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A service that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        yield listening


def _configured(folder: Path, port: int) -> Path:
    endpoints = "".join(f'{name} = "https://localhost:{port}"\n' for name in ("authority", "graph", "resource_manager"))
    (folder / "config.toml").write_text(
        '[teams]\ntenant_id = "aaaaaaaa-0000-4000-8000-000000000001"\n[teams.credential]\nkind = "client-secret"\n'
        f'client_id = "bbbbbbbb-0000-4000-8000-000000000002"\n[endpoints]\n{endpoints}'
    )
    return folder


def _start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - this very program
        [sys.executable, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@posix
@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [
        (signal.SIGINT, 130, "Interrupted: no report was written."),
        (signal.SIGTERM, 143, "Terminated: no report was written."),
    ],
)
def test_an_interrupted_audit_leaves_no_report(
    tmp_path: Path, silent: socket.socket, sent: signal.Signals, code: int, said: str
) -> None:
    folder = _configured(tmp_path, silent.getsockname()[1])
    with _start(folder, "-m", "tpe_audit", "run") as process:
        connection, _ = silent.accept()
        with connection:
            process.send_signal(sent)
            out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.strip()) == (code, "", said)
    assert [path.name for path in folder.iterdir()] == ["config.toml"]


def test_where_nothing_listens_nothing_is_judged_and_each_reason_is_told(tmp_path: Path, silent: socket.socket) -> None:
    folder = _configured(tmp_path, silent.getsockname()[1])
    silent.close()
    with _start(folder, "-m", "tpe_audit", "run", "--format", "json") as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (3, "")
    report = json.loads(out)
    assert report["verdict"] == "cannot-tell"
    assert {"pass", "fail", "waived"} & {finding["status"] for finding in report["findings"]} == set()
    for finding in report["findings"]:
        assert finding["reason"]
    [principal] = [finding for finding in report["findings"] if finding["check"] == "acs-service-principal"]
    assert principal["reason"].startswith("Signing in to the Teams tenant failed: ")
    assert {source["source"]: source["state"] for source in report["sources"]}["graph"] == "failed"
    assert SECRET not in out


@posix
def test_a_reader_who_leaves_early_is_no_trouble(tmp_path: Path) -> None:
    with _start(tmp_path, "-m", "tpe_audit", "list", "--format", "json") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), ("run", "--help"), ("list",), ("explain", "bot-teams-channel")],
    ids=" ".join,
)
def test_what_reads_no_tenant_loads_no_library_that_does(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    program = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr))\n"
        "from tpe_audit.__main__ import main\n"
        "main()\n"
    )
    with _start(tmp_path, "-c", program, *arguments) as process:
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out
    assert set(err.split()) & HEAVY == set()
