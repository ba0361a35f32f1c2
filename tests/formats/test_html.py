import base64
import hashlib
import re
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from json import loads
from pathlib import Path

import pytest

from tests.formats import contoso
from tpe_audit.catalog import Profile
from tpe_audit.formats import Format, Options, json, render
from tpe_audit.report import Report
from tpe_audit.shell import bash, powershell
from tpe_audit.verdicts import Status

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VOID = {"meta", "input", "path", "circle", "use", "link", "img", "br", "hr"}


class Page(HTMLParser):
    """Everything in a page that is not text, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.said).split())


def html(report: Report | None = None, options: Options | None = None) -> str:
    return render(report or contoso.report(), Format.HTML, options)


def shape(page: Page) -> list[tuple[str, list[str]]]:
    return [(tag, sorted(attributes)) for tag, attributes in page.tags]


@pytest.mark.parametrize("name", ["report", "go_live", "changed", "healthy", "unread", "hostile"])
def test_every_element_is_closed_and_every_id_is_single(name: str) -> None:
    page = Page(html(getattr(contoso, name)()))
    assert not page.faults
    assert not page.open
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["report", "go_live", "changed"])
def test_links_within_the_page_lead_somewhere(name: str) -> None:
    page = Page(html(getattr(contoso, name)()))
    ids = {attributes.get("id") for _, attributes in page.tags}
    inner = [a["href"] for tag, a in page.tags if tag in ("a", "use") and (a.get("href") or "").startswith("#")]
    assert inner
    assert not [href for href in inner if href and href[1:] not in ids]


@pytest.mark.parametrize("profile", Profile)
def test_nothing_from_a_tenant_becomes_an_element_or_an_attribute(profile: Profile) -> None:
    hostile = replace(contoso.hostile(), profile=profile)
    harmless = _tamed(hostile)
    assert shape(Page(html(hostile))) == shape(Page(html(harmless)))
    text = Page(html(hostile)).text
    assert "<script>alert(1)</script>" in text
    assert "{{7*7}}" in text
    assert "\\u202egnp.exe" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html(hostile))


def test_names_of_a_tenant_stay_within_the_data_of_a_long_table() -> None:
    hostile = contoso.hostile()
    page = html(replace(hostile, lines=hostile.lines * 200))
    blocks = re.findall('<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert len(blocks) == 1
    assert "<" not in blocks[0]
    cells = loads(blocks[0])[-1]
    assert cells[0].startswith("<script>alert(1)</script></style>")
    assert "\\u202egnp.exe" in cells[0]


def _tamed(report: Report) -> Report:
    """Return the same report with a harmless word wherever the hostile one stands."""
    calm, source = "c" * len(contoso.HOSTILE), report.run.sources[0]
    findings = tuple(
        replace(
            finding,
            reason=calm,
            judgements=tuple(
                replace(
                    judgement,
                    subject=replace(judgement.subject, id=calm, name=calm),
                    decision=replace(judgement.decision, reason=calm, observed=calm, expected=calm),
                )
                for judgement in finding.judgements
            ),
        )
        for finding in report.findings
    )
    lines = tuple(
        replace(line, number=calm, account=replace(line.account, id=calm, name=calm) if line.account else None)
        for line in report.lines
    )
    run = replace(
        report.run,
        warnings=(calm,),
        errors=(calm,),
        sources=(replace(source, source=calm, tenant=calm, reason=calm),),
    )
    requests = tuple(replace(request, request=calm, request_id=calm) for request in report.requests)
    return replace(report, findings=findings, lines=lines, run=run, requests=requests, sentence=calm, tenant_name=calm)


@pytest.mark.parametrize("name", ["report", "hostile"])
def test_the_only_addresses_are_links_of_checks(name: str) -> None:
    report = getattr(contoso, name)()
    links = {finding.check.link for finding in report.findings}
    for tag, attributes in Page(html(report)).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "form", "base"}
        assert not {"src", "srcset", "style", "action", "data", "poster"} & attributes.keys()
        assert not [key for key in attributes if key.startswith("on")]
        href = attributes.get("href") or "#"
        assert href.startswith("#") or href in links
    assert "url(" not in html(report)
    assert "@import" not in html(report)


def test_a_link_that_is_not_https_is_not_set() -> None:
    report = contoso.report()
    findings = tuple(
        replace(finding, check=replace(finding.check, link="javascript:alert(1)")) for finding in report.findings
    )
    assert "javascript:" not in html(replace(report, findings=findings))


def test_the_policy_allows_this_style_and_script_and_nothing_else() -> None:
    page = html()
    policy = next(a["content"] for tag, a in Page(page).tags if a.get("http-equiv") and tag == "meta")
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for element in ("style", "script"):
        found = re.search(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert found is not None
        digest = base64.b64encode(hashlib.sha256(found.group(1).encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy


def test_headings_are_in_order_and_landmarks_are_there() -> None:
    tags = [tag for tag, _ in Page(html()).tags]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {"header", "main", "nav", "footer", "title"} <= set(tags)
    assert ("html", {"lang": "en"}) in Page(html()).tags


def test_status_is_said_in_words() -> None:
    text = Page(html()).text
    for word in ("NOT READY", "FAIL", "unknown", "blocked", "manual", "waived", "pass", "n/a"):
        assert word in text


def test_everything_that_a_reader_needs_is_there() -> None:
    text = Page(html()).text
    assert "Do this first" in text
    assert "az bot msteams create -n tpe-bot-care" in text
    assert "LicenseAssignment.Read.All" in text
    assert "Robin Roe, network team, until 2027-01-31" in text
    assert "Kim Poe, billing" in text
    assert "The deployment's consumer is third-party" in text
    assert "14 resource accounts of auto attendants" in text
    assert "e5b4" in text
    assert "Switched off in config.toml." in text


def test_a_simulated_tenant_is_called_so_on_every_page() -> None:
    page = html()
    assert "@top-center" in page
    assert page.count("SIMULATED") >= 4
    assert "SIMULATED" not in html(contoso.report(simulated=False))


def test_many_subjects_stay_a_small_page() -> None:
    page = html(contoso.large(5_000))
    assert len(Page(page).tags) < 3_000
    assert "and 4,900 more: the filter looks through all" in Page(page).text
    assert "agent4999@contoso.com" in page


def test_more_subjects_than_a_page_can_hold_are_listed_where_all_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tpe_audit.formats.html.LISTED", 300)
    few, all_of_them = html(contoso.large(400)), html(contoso.large(400), Options(all_subjects=True))
    assert "and 300 more: in the JSON report" in Page(few).text
    assert "agent99@contoso.com" not in few
    assert "and 300 more: the filter looks through all" in Page(all_of_them).text
    assert "agent99@contoso.com" in all_of_them


def test_many_lines_become_a_table_broken_ones_first() -> None:
    report = contoso.report()
    page = html(replace(report, lines=report.lines * 1_000))
    assert "1,000 of 2,000 broken" in Page(page).text
    assert "and 1,900 more: the filter looks through all" in Page(page).text
    assert page.count('"+15551230199"') == page.count('"+15551230100"') == 1_000


def test_nothing_audited_can_be_rendered() -> None:
    empty = replace(contoso.composed([]), lines=())
    assert "CANNOT TELL" in Page(html(empty, Options(all_subjects=True))).text
    assert "CANNOT TELL" in render(empty, Format.TERMINAL)


@pytest.fixture
def asked() -> Iterator[tuple[int, list[str]]]:
    """A proxy that answers nothing and notes what it is asked for."""
    paths: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            line = self.rfile.readline(1000).decode(errors="replace").strip()
            paths.append(line)
            self.close_connection = True

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Note) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], paths
        server.shutdown()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: the page was not opened in a browser")
@pytest.mark.parametrize("name", ["report", "hostile"])
def test_a_browser_shows_it_and_asks_nobody(name: str, tmp_path: Path, asked: tuple[int, list[str]]) -> None:
    port, paths = asked
    file = tmp_path / "report.html"
    file.write_text(html(getattr(contoso, name)()), encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-extensions", f"--user-data-dir={tmp_path / 'profile'}",
        f"--proxy-server=http://127.0.0.1:{port}", "--enable-logging=stderr", "--dump-dom", file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    assert "NOT READY" in done.stdout
    assert ">Copy</button>" in done.stdout, "the page's own script did not run"
    assert "Content Security Policy" not in done.stderr
    assert not [path for path in paths if "evil" in path or "microsoft" in path]


def test_the_digest_is_that_of_the_json_report() -> None:
    for options in (Options(), Options(all_subjects=True)):
        digest = hashlib.sha256(json.render(contoso.large(1_500, Status.PASS), options).encode()).hexdigest()
        assert digest in Page(html(contoso.large(1_500, Status.PASS), options)).text


def test_a_go_live_lists_every_requirement_with_result_person_and_evidence() -> None:
    report = contoso.go_live()
    page = Page(html(report))
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert {"requirements", "sign"} <= ids
    listed = page.text[page.text.index("Requirements 15") : page.text.index("Sign-off")]
    for finding in report.findings:
        assert finding.check.id in listed
        assert finding.reason in listed
    for said in ("Kim Poe, billing", "Invoice 4711", "Robin Roe, network team", "Azure Communication Services"):
        assert said in listed
    assert "15 requirements, 2 numbers, 2 resource accounts" in page.text
    assert "accepted for go-live" in page.text
    assert "Sign-off" not in Page(html()).text


def test_what_has_changed_and_what_ends_is_told() -> None:
    text = Page(html(contoso.changed())).text
    assert "Since the run of 2026-11-21 09:00:00 UTC, which came to ready." in text
    for said in ("New failures 1", "Mended 1", "No longer readable 1", "Still failing 1", "the client secret a1b2"):
        assert said in text
    assert "Changes" not in Page(html()).text


def test_failures_stand_under_their_cause_and_are_listed_by_owner() -> None:
    text = Page(html(contoso.rooted())).text
    cause, effect = text.index("Rest on it, and fail by themselves too:"), text.rindex("bot-teams-channel")
    assert text.index("Who mends what") < cause < effect
    assert re.search("entra admin *acs-service-principal *azure admin *bot-teams-channel", text)


def test_commands_stay_in_order_where_shells_alternate() -> None:
    report = contoso.report()
    first = report.findings[0]
    commands = (powershell("Step-One"), bash("step two"), powershell("Step-Three"))
    judgement = first.judgements[0]
    finding = replace(first, judgements=(replace(judgement, decision=replace(judgement.decision, fix=commands)),))
    text = Page(html(replace(report, findings=(finding,)))).text
    assert text.index("Step-One") < text.index("step two") < text.index("Step-Three")


def test_every_status_has_a_symbol() -> None:
    ids = {attributes.get("id") for _, attributes in Page(html()).tags}
    assert {f"icon-{status}" for status in Status} <= ids
