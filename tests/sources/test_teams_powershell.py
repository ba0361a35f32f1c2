"""Teams PowerShell run here: one script, once, whose tokens nobody sees, and which always ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.sources import pwsh as stand_in
from tests.tenant import (
    TENANT,
    Behaviour,
    Evidently,
    Fault,
    Reading,
    Scenario,
    broken,
    healthy,
    impatient,
    reading,
)
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.report import SourceState
from tpe_audit.simulator import SimulatedTenant, serve
from tpe_audit.simulator.contoso import ACS_ID, TENANT_ID
from tpe_audit.sources import pwsh

FEDERATION: Question = (facts.Tenant, facts.AcsFederation)
ACCESS: Question = (facts.Tenant, facts.GlobalExternalAccess)
CONFIGURATION = "Get-CsTeamsAcsFederationConfiguration"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is started by its #! line")


class StandIn:
    """A folder on the PATH with a `pwsh` in it, and what that one notes."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._notes = folder / "notes.json"
        self._set = monkeypatch.setenv
        executable = folder / "pwsh"
        code = Path(stand_in.__file__).read_text(encoding="utf-8")
        executable.write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
        executable.chmod(0o755)
        self._set("PATH", str(folder))
        self._set("STAND_IN_NOTES", str(self._notes))

    def prepare(self, does: str, tenant: SimulatedTenant) -> None:
        self._set("STAND_IN_DOES", does)
        document = self.folder / "document.json"
        document.write_bytes(tenant.teams_export.read_bytes())
        self._set("STAND_IN_DOCUMENT", str(document))

    @property
    def started(self) -> bool:
        return self._notes.exists()

    def wait(self) -> None:
        """Return once it has started and taken its notes."""
        ends = time.monotonic() + 60
        while not self.started:
            assert time.monotonic() < ends, "it was not started"
            time.sleep(0.02)

    @property
    def notes(self) -> dict[str, Any]:
        notes: dict[str, Any] = json.loads(self._notes.read_text(encoding="utf-8"))
        return notes


@pytest.fixture
def powershell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    return StandIn(tmp_path, monkeypatch)


@asynccontextmanager
async def with_powershell(
    powershell: StandIn,
    does: str = "obeys",
    mode: str = "pwsh",
    scenario: Scenario | None = None,
    behaviour: Behaviour | None = None,
    change: Callable[[SimulatedTenant], object] = lambda tenant: None,
) -> AsyncIterator[Reading]:
    def prepare(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
        powershell.prepare(does, tenant)
        data["sources"]["teams_powershell"]["mode"] = mode
        change(tenant)

    async with reading(scenario or healthy(), behaviour, change=prepare) as read:
        yield read


def gaps(evidence: Evidently) -> list[str]:
    return [evidence.gap(fact, TENANT).reason for fact in (facts.AcsFederation, facts.GlobalExternalAccess)]


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has asked about yet has, too."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/stat")
        if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


# What it is given, and what becomes of the answer


async def test_one_run_answers_all_and_is_the_evidence(powershell: StandIn) -> None:
    async with with_powershell(powershell) as read:
        evidence = await read(
            FEDERATION, ACCESS, (facts.Tenant, facts.VoiceRoutes), (facts.Tenant, facts.CallerBlocking)
        )
    assert evidence.known(facts.AcsFederation, TENANT) == facts.AcsFederation(enabled=True, allowed_resources=(ACS_ID,))
    runs = [request for request in evidence.evidence.requests if request.source == "teams-powershell"]
    assert [(request.request, request.status) for request in runs] == [("pwsh teams-export.ps1", 200)]
    assert evidence.behind(evidence.answer(facts.GlobalExternalAccess, TENANT)) == runs


async def test_the_tokens_are_on_no_command_line(powershell: StandIn) -> None:
    async with with_powershell(powershell) as read:
        await read(FEDERATION)
        issued = read.tenant.issued
    notes = powershell.notes
    assert len(set(notes["tokens"])) == 2
    assert set(notes["tokens"]) <= issued
    command_line = " ".join(notes["command_line"])
    assert not [token for token in issued if token in command_line]
    *flags, script, option, tenant, last = notes["command_line"][-7:]
    assert flags[-3:] == ["-NoProfile", "-NonInteractive", "-File"]
    assert (Path(script).name, option, tenant, last) == ("teams-export.ps1", "-TenantId", TENANT_ID, "-Tokens")


async def test_powershell_gets_no_secret_of_ours_and_nothing_to_read(
    powershell: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TPE_AUDIT_TEAMS__CREDENTIAL__CLIENT_SECRET", "s3cret")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "s3cret")
    async with with_powershell(powershell) as read:
        await read(FEDERATION)
    assert "s3cret" not in powershell.notes["environment"].values()
    assert powershell.notes["stdin"] == ""
    assert powershell.notes["group"] == powershell.notes["pid"]


async def test_both_tokens_are_of_the_teams_credential(powershell: StandIn) -> None:
    async with with_powershell(powershell) as read:
        await read(FEDERATION)
        assert {sign_in.path.split("/")[1] for sign_in in read.sign_ins} == {TENANT_ID}


async def test_a_private_authority_is_trusted_there_too(powershell: StandIn) -> None:
    async with with_powershell(powershell) as read:
        await read(FEDERATION)
        assert powershell.notes["environment"]["SSL_CERT_FILE"] == str(read.tenant.ca_bundle)


@pytest.mark.parametrize("does", ["greets", "dates as 5.1"])
async def test_a_document_is_found_and_dated_however_it_comes(powershell: StandIn, does: str) -> None:
    async with with_powershell(powershell, does) as read:
        (await read(FEDERATION)).known(facts.AcsFederation, TENANT)


async def test_a_cmdlet_that_fails_leaves_the_others_alone(powershell: StandIn) -> None:
    async with with_powershell(powershell, "errs") as read:
        evidence = await read(FEDERATION, ACCESS)
        gap = evidence.gap(facts.AcsFederation, TENANT)
        assert f"{CONFIGURATION} failed in Teams PowerShell: Access Denied to [masked]." in gap.reason
        assert "Teams Reader" in gap.lacks[0]
        evidence.known(facts.GlobalExternalAccess, TENANT)


async def test_the_report_says_where_the_answers_come_from(powershell: StandIn) -> None:
    async with with_powershell(powershell) as read:
        await read(FEDERATION)
        [told] = [source for source in read.sources.reports() if source.source == "teams-powershell"]
    assert told.state is SourceState.OK
    assert told.reason == "Teams PowerShell answered here, with MicrosoftTeams 7.4.0."


# What goes wrong


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("has no module", "has no module MicrosoftTeams here"),
        ("fails", "ended with exit code 1 (Connect-MicrosoftTeams: refused the token [masked])."),
        ("fails after all", "ended with exit code 1."),
        ("garbles", "is not believed: it is not JSON"),
        ("says nothing", "ended without writing a document"),
        ("is of another tenant", "is of another tenant"),
    ],
)
async def test_without_a_document_nothing_is_known(powershell: StandIn, does: str, said: str) -> None:
    async with with_powershell(powershell, does) as read:
        evidence = await read(FEDERATION, ACCESS)
        assert all(said in reason for reason in gaps(evidence))
        [told] = [source for source in read.sources.reports() if source.source == "teams-powershell"]
        assert told.state is SourceState.FAILED
        everything = repr((evidence.gathered, read.sources.reports()))
        assert not [secret for secret in read.tenant.issued if secret in everything]


async def test_a_missing_module_names_both_ways(powershell: StandIn) -> None:
    async with with_powershell(powershell, "has no module") as read:
        for reason in gaps(await read(FEDERATION, ACCESS)):
            assert "Install-Module MicrosoftTeams" in reason
            assert "docs/guides/teams-export.md" in reason


@pytest.mark.parametrize("does", ["floods stdout", "floods stderr"])
async def test_a_flood_is_ended(powershell: StandIn, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    monkeypatch.setattr(pwsh, "MOST_OUTPUT", 2**20)
    async with with_powershell(powershell, does) as read:
        assert all("wrote more than 1 MB, and was ended" in reason for reason in gaps(await read(FEDERATION, ACCESS)))
    assert gone(powershell.notes["pid"])


@pytest.mark.parametrize("does", ["hangs", "leaves a child behind"])
async def test_what_does_not_end_is_ended_with_all_that_it_started(powershell: StandIn, does: str) -> None:
    began = time.monotonic()
    async with with_powershell(powershell, does, scenario=impatient(healthy(), deadline=3)) as read:
        assert all("did not end within" in reason for reason in gaps(await read(FEDERATION, ACCESS)))
    assert time.monotonic() - began < 15
    assert gone(powershell.notes["pid"])
    assert gone(powershell.notes["child"])


async def test_an_audit_that_is_interrupted_ends_powershell(powershell: StandIn) -> None:
    async with with_powershell(powershell, "hangs") as read:
        reading = asyncio.ensure_future(read(FEDERATION))
        await asyncio.to_thread(powershell.wait)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert gone(powershell.notes["pid"])
    assert gone(powershell.notes["child"])


async def test_a_sign_in_that_fails_starts_nothing(powershell: StandIn) -> None:
    fault = Fault("/oauth2/v2.0/token", status=401, body={"error": "invalid_client", "error_description": "No."})
    async with with_powershell(powershell, behaviour=broken(fault)) as read:
        assert all("Signing in" in reason for reason in gaps(await read(FEDERATION, ACCESS)))
    assert not powershell.started


# Which way


async def test_auto_runs_powershell_where_it_is(powershell: StandIn) -> None:
    async with with_powershell(powershell, mode="auto", change=lambda tenant: tenant.teams_export.unlink()) as read:
        (await read(FEDERATION)).known(facts.AcsFederation, TENANT)


@pytest.mark.parametrize("does", ["has no module", "fails", "garbles"])
async def test_auto_reads_the_export_where_powershell_says_nothing(powershell: StandIn, does: str) -> None:
    async with with_powershell(powershell, does, mode="auto") as read:
        evidence = await read(FEDERATION)
        evidence.known(facts.AcsFederation, TENANT)
        assert "The Teams PowerShell export teams-export.json was read instead" in evidence.gathered.warnings[0]


async def test_auto_reads_the_export_where_there_is_no_powershell(powershell: StandIn) -> None:
    (powershell.folder / "pwsh").unlink()
    async with with_powershell(powershell, mode="auto") as read:
        (await read(FEDERATION)).known(facts.AcsFederation, TENANT)
        assert not read.sources.teams_powershell.instead


async def test_auto_without_either_names_both_ways(powershell: StandIn) -> None:
    (powershell.folder / "pwsh").unlink()
    async with with_powershell(powershell, mode="auto", change=lambda tenant: tenant.teams_export.unlink()) as read:
        for reason in gaps(await read(FEDERATION, ACCESS)):
            assert "install PowerShell 7 (pwsh)" in reason
            assert "[sources.teams_powershell] export" in reason


async def test_pwsh_alone_reads_no_export(powershell: StandIn) -> None:
    (powershell.folder / "pwsh").unlink()
    async with with_powershell(powershell) as read:
        assert all("there is no pwsh here" in reason for reason in gaps(await read(FEDERATION, ACCESS)))


@pytest.mark.parametrize("mode", ["export", "off"])
async def test_nothing_is_run_that_was_not_asked_for(powershell: StandIn, mode: str) -> None:
    async with with_powershell(powershell, mode=mode) as read:
        await read(FEDERATION)
    assert not powershell.started


async def test_a_powershell_that_cannot_be_started_says_so(powershell: StandIn) -> None:
    (powershell.folder / "pwsh").write_text("#!/nonexistent/interpreter\n")
    async with with_powershell(powershell) as read:
        assert all("could not be started" in reason for reason in gaps(await read(FEDERATION, ACCESS)))


# As a process

CONFIGURATION_FILE = """
[teams]
tenant_id = "{tenant_id}"
[teams.credential]
kind = "client-secret"
client_id = "{client_id}"
[endpoints]
authority = "{url}"
graph = "{url}"
resource_manager = "{url}"
ca_bundle = "{ca_bundle}"
[sources.teams_powershell]
mode = "pwsh"
"""


def start(powershell: StandIn, does: str, tenant: SimulatedTenant) -> subprocess.Popen[str]:
    """Start `tpe-audit run` as an administrator does, with one check that takes Teams PowerShell."""
    powershell.prepare(does, tenant)
    credential = tenant.config["teams"]["credential"]
    (powershell.folder / "config.toml").write_text(
        CONFIGURATION_FILE.format(
            tenant_id=TENANT_ID, client_id=credential["client_id"], url=tenant.url, ca_bundle=tenant.ca_bundle
        ),
        encoding="utf-8",
    )
    return subprocess.Popen(
        [sys.executable, "-m", "tpe_audit", "run", "--check", "acs-federation-enabled", "--format", "json"],
        cwd=powershell.folder,
        env={**os.environ, **tenant.secrets, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_run_reads_by_powershell_and_shows_no_token(powershell: StandIn) -> None:
    with serve(healthy()) as tenant:
        with start(powershell, "greets", tenant) as process:
            out, err = process.communicate(timeout=60)
        report = json.loads(out)
        [federation] = report["findings"]
        assert federation["status"] == "pass"
        assert [each["source"] for each in report["evidence"]] == ["teams-powershell"]
        assert not [secret for secret in (*tenant.issued, *powershell.notes["tokens"]) if secret in out + err]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_ended_ends_powershell(powershell: StandIn, sent: signal.Signals, code: int) -> None:
    with serve(healthy()) as tenant, start(powershell, "hangs", tenant) as process:
        powershell.wait()
        process.send_signal(sent)
        out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    assert gone(powershell.notes["pid"])
    assert gone(powershell.notes["child"])
