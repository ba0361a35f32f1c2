from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.checks import contoso
from tpe_audit.audit import Audit, judge
from tpe_audit.catalog import Catalog, Check, Profile, Unloadable, find
from tpe_audit.facts import (
    Agent,
    BoundApplication,
    Census,
    Deployment,
    Evidence,
    Kind,
    Licenses,
    NoServerConsent,
    NoTeamsChannel,
    Subject,
)
from tpe_audit.findings import Cause, Decision, Finding, Judgement
from tpe_audit.report import Outcome, Reads, Report, Run, compose, in_mending_order, subjects_of
from tpe_audit.terms import Attestation, Terms, Waiver
from tpe_audit.verdicts import Area, Owner, Pass, Severity, Status

TODAY = date(2026, 11, 22)
RUN = Run(contoso.NOW, contoso.NOW + timedelta(seconds=5), contoso.TENANT.id, contoso.TENANT.id)
ALL = find()
BLOCKER, MAJOR, MINOR, INFO = Severity
FAIL, UNKNOWN, BLOCKED, MANUAL, WAIVED, PASS, NOT_APPLICABLE = Status


def a_check(name: str, severity: Severity = MAJOR, requires: tuple[str, ...] = ()) -> Check:
    return Check(
        id=name,
        title=f"{name} holds",
        body="",
        area=Area.TENANT,
        severity=severity,
        owner=Owner.TEAMS_ADMIN,
        codes=(),
        requires=requires,
        link="https://learn.microsoft.com/",
        function=lambda: Pass("It holds."),
        parameters=(),
        path=Path(f"{name}.py"),
    )


def catalog_of(*checks: Check) -> Catalog:
    levels: dict[str, int] = {}
    for check in checks:
        levels[check.id] = 1 + max((levels[cause] for cause in check.requires), default=-1)
    return Catalog({check.id: check for check in checks}, levels=levels)


def said(check: Check, *statuses: Status, waived_cause: bool = False) -> Finding:
    judgements = tuple(
        Judgement(
            Subject(Kind.ACCOUNT, f"{check.id}-{index}", f"{check.id}-{index}"),
            Decision(
                status,
                "A reason.",
                blocked_by=Cause("cause", "thing", waived_cause) if status is BLOCKED else None,
            ),
        )
        for index, status in enumerate(statuses)
    )
    return Finding(check, min(statuses, key=lambda status: status.rank), "A reason.", judgements)


def report_of(
    findings: Sequence[Finding],
    terms: Terms | None = None,
    *,
    run: Run = RUN,
    evidence: Evidence | None = None,
    errors: Sequence[str] = (),
) -> Report:
    audit = Audit({finding.check.id: finding for finding in findings}, errors=list(errors))
    catalog = catalog_of(a_check("cause"), *(finding.check for finding in findings))
    chosen = [finding.check.id for finding in findings]
    return compose(chosen, audit, catalog, evidence or contoso.healthy(), terms or Terms(TODAY), run, {})


def audited(evidence: Evidence, terms: Terms | None = None, chosen: Sequence[str] = tuple(ALL.checks)) -> Report:
    terms = terms or Terms(TODAY)
    return compose(chosen, judge(ALL, chosen, evidence, terms), ALL, evidence, terms, RUN, {})


# The verdict

VERDICTS = {
    "all pass": ([(MAJOR, PASS), (BLOCKER, PASS)], Outcome.READY),
    "one fails": ([(MAJOR, PASS), (BLOCKER, FAIL)], Outcome.NOT_READY),
    "a failure outweighs what is unknown": ([(MAJOR, UNKNOWN), (MAJOR, FAIL)], Outcome.NOT_READY),
    "one is unknown": ([(MAJOR, PASS), (MAJOR, UNKNOWN)], Outcome.CANNOT_TELL),
    "one waits for a person": ([(MAJOR, PASS), (MAJOR, MANUAL)], Outcome.CANNOT_TELL),
    "one is blocked by a failure": ([(MAJOR, PASS), (MAJOR, BLOCKED)], Outcome.NOT_READY),
    "a waived failure does not count": ([(MAJOR, WAIVED), (MAJOR, PASS)], Outcome.READY),
    "a waived failure is enough": ([(MAJOR, WAIVED)], Outcome.READY),
    "what does not apply does not count": ([(MAJOR, NOT_APPLICABLE), (MAJOR, PASS)], Outcome.READY),
    "nothing applies": ([(MAJOR, NOT_APPLICABLE)], Outcome.CANNOT_TELL),
    "nothing required passes": ([(MAJOR, NOT_APPLICABLE), (MINOR, PASS)], Outcome.CANNOT_TELL),
    "a lesser one fails": ([(MAJOR, PASS), (MINOR, FAIL), (INFO, FAIL)], Outcome.READY),
    "a lesser one is unknown": ([(MAJOR, PASS), (MINOR, UNKNOWN), (MINOR, MANUAL)], Outcome.READY),
    "a lesser one is blocked": ([(MAJOR, PASS), (MINOR, BLOCKED)], Outcome.READY),
    "nothing was audited": ([], Outcome.CANNOT_TELL),
}


@pytest.mark.parametrize(("of", "outcome"), VERDICTS.values(), ids=list(VERDICTS))
def test_the_verdict(of: list[tuple[Severity, Status]], outcome: Outcome) -> None:
    findings = [said(a_check(f"check-{i}", severity), status) for i, (severity, status) in enumerate(of)]
    report = report_of(findings)
    assert report.outcome is outcome
    assert report.exit_code == {"ready": 0, "not-ready": 1, "cannot-tell": 3}[outcome]


def test_one_bad_subject_among_good_ones_decides() -> None:
    assert report_of([said(a_check("one"), PASS, FAIL, PASS)]).outcome is Outcome.NOT_READY
    assert report_of([said(a_check("one"), PASS, UNKNOWN)]).outcome is Outcome.CANNOT_TELL
    assert report_of([said(a_check("one"), PASS, NOT_APPLICABLE)]).outcome is Outcome.READY


def test_blocked_by_a_waived_failure_is_not_required() -> None:
    findings = [said(a_check("good"), PASS), said(a_check("after"), BLOCKED, waived_cause=True)]
    assert report_of(findings).outcome is Outcome.READY


def test_blocked_behind_an_unknown_subject_still_makes_it_not_ready() -> None:
    assert report_of([said(a_check("one"), UNKNOWN, BLOCKED)]).outcome is Outcome.NOT_READY


@pytest.mark.parametrize(
    ("fail_on", "outcome"),
    [(BLOCKER, Outcome.READY), (MAJOR, Outcome.READY), (MINOR, Outcome.NOT_READY), (INFO, Outcome.NOT_READY)],
)
def test_the_threshold_says_what_is_required(fail_on: Severity, outcome: Outcome) -> None:
    findings = [said(a_check("good", BLOCKER), PASS), said(a_check("bad", MINOR), FAIL)]
    assert report_of(findings, Terms(TODAY, fail_on=fail_on)).outcome is outcome


@pytest.mark.parametrize("status", [FAIL, UNKNOWN, PASS])
def test_fail_on_never_exits_with_0_but_the_verdict_is_that_of_major(status: Status) -> None:
    finding = said(a_check("one"), status)
    never = report_of([finding], Terms(TODAY, fail_on=None))
    assert never.exit_code == 0
    assert never.outcome is report_of([finding]).outcome
    assert never.threshold is MAJOR


def test_under_profile_change_questions_are_counted_but_not_required() -> None:
    findings = [said(a_check("good"), PASS), said(a_check("asked"), MANUAL), said(a_check("too"), MANUAL)]
    report = report_of(findings, Terms(TODAY, Profile.CHANGE))
    assert report.outcome is Outcome.READY
    assert "2 questions were not asked." in report.sentence


def test_under_profile_change_a_question_alone_is_never_ready() -> None:
    report = report_of([said(a_check("asked"), MANUAL)], Terms(TODAY, Profile.CHANGE))
    assert report.outcome is Outcome.CANNOT_TELL


def test_an_error_of_a_check_is_never_ready() -> None:
    report = report_of([said(a_check("good"), PASS)], errors=["good.py failed"])
    assert (report.outcome, report.errors) == (Outcome.CANNOT_TELL, ("good.py failed",))


def test_a_check_file_that_could_not_be_loaded_is_never_ready() -> None:
    finding = said(a_check("good"), PASS)
    catalog = replace(catalog_of(finding.check), unloadable=(Unloadable(Path("broken.py"), "line 1"),))
    audit = Audit({"good": finding})
    report = compose(["good"], audit, catalog, contoso.healthy(), Terms(TODAY), RUN, {})
    assert report.outcome is Outcome.CANNOT_TELL
    assert report.errors == ("broken.py: line 1",)


def test_a_list_that_was_attested_as_a_whole_counts_as_passed() -> None:
    check = a_check("one")
    assert report_of([Finding(check, PASS, "Attested.")]).outcome is Outcome.READY


# The sentence

SENTENCES = {
    "Ready: all 2 required checks that apply hold.": [(MAJOR, PASS), (MAJOR, PASS)],
    "Ready: the 1 required check that applies holds.": [(MAJOR, PASS), (MAJOR, NOT_APPLICABLE)],
    "Ready: the 1 required check that applies holds, 1 of them by waiver.": [(MAJOR, WAIVED)],
    "Ready: the 1 required check that applies holds; 1 of lesser weight fails.": [
        (MAJOR, PASS),
        (MINOR, FAIL),
    ],
    "Not ready: 1 required check fails. Mend check-0 first (check-0-0): A reason.": [(MAJOR, FAIL)],
    "Not ready: check-0 can't hold, because cause fails for thing (cause holds).": [(MAJOR, BLOCKED)],
    "Cannot tell: nothing that was read fails, but 1 required check could not be read.": [(MAJOR, UNKNOWN)],
    "Cannot tell: nothing that was read fails, but 2 required checks wait for a person's answer.": [
        (MAJOR, MANUAL),
        (MAJOR, MANUAL),
    ],
    "Cannot tell: no required check applied, so nothing was audited.": [(MAJOR, NOT_APPLICABLE)],
}


@pytest.mark.parametrize(("sentence", "of"), SENTENCES.items(), ids=list(SENTENCES))
def test_the_sentence(sentence: str, of: list[tuple[Severity, Status]]) -> None:
    findings = [said(a_check(f"check-{i}", severity), status) for i, (severity, status) in enumerate(of)]
    assert report_of(findings).sentence == sentence


# The order to mend


def test_failures_come_first_and_the_rest_by_cause_whatever_its_status() -> None:
    cause, effect, failing = a_check("cause"), a_check("an-effect", requires=("cause",)), a_check("z", MINOR)
    findings = [said(effect, UNKNOWN), said(cause, Status.WAIVED), said(failing, FAIL)]
    ordered = in_mending_order(findings, catalog_of(cause, effect, failing))
    assert [finding.check.id for finding in ordered] == ["z", "cause", "an-effect"]


def test_what_does_not_apply_is_not_required() -> None:
    finding = said(a_check("a"), Status.NOT_APPLICABLE)
    assert not report_of([finding]).required(finding)


def test_a_cause_is_mended_before_its_effect_however_light_it_is() -> None:
    cause, effect = a_check("light", MINOR), a_check("heavy", BLOCKER, ("light",))
    ordered = in_mending_order([said(effect, FAIL), said(cause, FAIL)], catalog_of(cause, effect))
    assert [finding.check.id for finding in ordered] == ["light", "heavy"]


def test_a_cause_of_a_cause_comes_first_too() -> None:
    root, between, effect = a_check("z"), a_check("y", requires=("z",)), a_check("a", requires=("y",))
    ordered = in_mending_order([said(effect, FAIL), said(root, FAIL)], catalog_of(root, between, effect))
    assert [finding.check.id for finding in ordered] == ["z", "a"]


def test_independent_failures_come_by_severity_then_id() -> None:
    checks = [a_check("c", MAJOR), a_check("b", BLOCKER), a_check("a", BLOCKER)]
    ordered = in_mending_order([said(check, FAIL) for check in checks], catalog_of(*checks))
    assert [finding.check.id for finding in ordered] == ["a", "b", "c"]


def test_first_names_the_failures_that_no_other_one_explains() -> None:
    root, effect, minor = a_check("root"), a_check("effect", BLOCKER, ("root",)), a_check("minor", MINOR)
    report = report_of([said(root, FAIL), said(effect, FAIL), said(minor, FAIL)])
    assert report.first == ("root",)


def test_first_names_at_most_three() -> None:
    assert len(report_of([said(a_check(f"check-{i}"), FAIL) for i in range(5)]).first) == 3


def test_first_names_the_cause_where_only_its_effect_was_chosen() -> None:
    assert report_of([said(a_check("effect"), BLOCKED)]).first == ("cause",)


def test_first_is_empty_unless_something_required_fails() -> None:
    assert report_of([said(a_check("good"), PASS), said(a_check("minor", MINOR), FAIL)]).first == ()


def test_subjects_come_worst_first() -> None:
    finding = said(a_check("one"), PASS, FAIL, UNKNOWN)
    assert [judgement.status for judgement in subjects_of(finding)] == [FAIL, UNKNOWN, PASS]


# Warnings

GOOD = [said(a_check("one"), PASS)]


def attestation(expires: date, on: date = date(2026, 11, 1), check: str = "one", subject: str = "") -> Attestation:
    return Attestation(check, "Robin", on, expires, subject)


ENTRIES = {
    "The attestation of one expired on 2026-11-21 and no longer counts.": attestation(date(2026, 11, 21)),
    "The attestation of one is dated 2026-11-23, which is still to come, and does not count yet.": (
        attestation(date(2026, 12, 31), date(2026, 11, 23))
    ),
    "The attestation of one for them covers nothing.": attestation(date(2026, 12, 31), subject="them"),
    "The waiver of one for them covers nothing, and expires on 2026-12-06.": Waiver(
        "one", "Robin", "Pilot.", date(2026, 12, 6), "them"
    ),
    "The waiver of one for them covers nothing.": Waiver("one", "Robin", "Pilot.", date(2027, 1, 31), "them"),
    "The waiver of one expired on 2026-11-21 and no longer counts.": Waiver(
        "one", "Robin", "Pilot.", date(2026, 11, 21)
    ),
}


def with_entry(entry: Attestation | Waiver) -> Terms:
    if isinstance(entry, Waiver):
        return Terms(TODAY, waivers=(entry,))
    return Terms(TODAY, attestations=(entry,))


@pytest.mark.parametrize(("warning", "entry"), ENTRIES.items(), ids=list(ENTRIES))
def test_entries_that_do_not_count_are_warned_of(warning: str, entry: Attestation | Waiver) -> None:
    assert report_of(GOOD, with_entry(entry)).warnings == (warning,)


def test_entries_of_checks_that_were_not_chosen_are_not_warned_of() -> None:
    assert report_of(GOOD, with_entry(attestation(date(2026, 11, 21), check="two"))).warnings == ()


def test_where_only_some_subjects_were_asked_for_an_entry_may_cover_nothing() -> None:
    terms = with_entry(attestation(date(2026, 12, 31), subject="them"))
    assert report_of(GOOD, terms, run=replace(RUN, selected=True, subjects=("us",))).warnings == ()
    assert report_of(GOOD, terms, run=replace(RUN, selected=True)).warnings != ()


@pytest.mark.parametrize(
    ("expires", "warned"),
    [(TODAY, True), (date(2026, 12, 6), True), (date(2026, 12, 7), False)],
    ids=["today", "in 14 days", "in 15 days"],
)
def test_entries_that_soon_expire_are_warned_of(expires: date, warned: bool) -> None:
    chosen = ["funding-balance"]
    report = audited(contoso.healthy(), with_entry(attestation(expires, check="funding-balance")), chosen)
    wanted = (f"The attestation of funding-balance expires on {expires}.",) if warned else ()
    assert report.warnings == wanted
    assert report.outcome is Outcome.READY


def test_an_entry_that_took_effect_is_not_warned_of() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.ACCOUNT.subject, NoServerConsent())
    waiver = Waiver("server-consent", "Robin", "Pilot.", date(2027, 1, 31))
    assert audited(evidence, with_entry(waiver), ["server-consent"]).warnings == ()


def test_an_attestation_that_lapsed_is_warned_of_once() -> None:
    about = {"application_id": contoso.OTHER_ID}
    entry = replace(attestation(date(2026, 12, 31), check="ra-synced", subject=contoso.ACCOUNT.id), about=about)
    report = audited(contoso.healthy(), with_entry(entry), ["ra-synced"])
    assert len(report.warnings) == 1
    assert "no longer counts" in report.warnings[0]


def test_where_no_agents_are_configured_a_warning_and_the_sentence_say_so() -> None:
    evidence = contoso.counted(contoso.healthy(Deployment()), Agent, Census(nothing="No agents are configured."))
    report = audited(evidence, chosen=["agent-teams-license", "acs-service-principal"])
    words = "No agents are configured ([deployment.agents]), so none were checked."
    assert report.warnings == (words,)
    assert report.sentence.endswith(words)
    assert [finding.status for finding in report.findings] == [PASS, NOT_APPLICABLE]


def test_where_agents_were_not_asked_about_nothing_is_said_of_them() -> None:
    assert audited(contoso.healthy(Deployment()), chosen=["acs-service-principal"]).warnings == ()


# A whole tenant


def test_a_healthy_tenant_waits_only_for_the_answers_of_people() -> None:
    report = audited(contoso.healthy())
    assert report.outcome is Outcome.CANNOT_TELL
    assert {f.status for f in report.findings} == {PASS, MANUAL, NOT_APPLICABLE}
    assert {"funding-balance", "ra-synced"} <= {f.check.id for f in report.findings if f.status is MANUAL}


def test_a_healthy_tenant_whose_people_have_answered_is_ready() -> None:
    asked = [f.check.id for f in audited(contoso.healthy()).findings if f.status is MANUAL]
    given = (attestation(date(2027, 1, 31), check=check) for check in asked)
    report = audited(contoso.healthy(), Terms(TODAY, attestations=tuple(given)))
    assert (report.outcome, report.warnings, report.tenant_name) == (Outcome.READY, (), "Contoso")


def test_of_several_faults_the_causes_come_first() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.ACCOUNT.subject, BoundApplication(contoso.OTHER_ID), Licenses(()))
    evidence = contoso.but(evidence, contoso.BOT.subject, NoTeamsChannel())
    report = audited(evidence)
    failing = [finding.check.id for finding in report.findings if finding.status is FAIL]
    assert failing == [
        "bot-teams-channel",
        "payg-assigned",
        "ra-application-id",
        "ra-license-assigned",
    ]
    assert report.first == ("bot-teams-channel", "payg-assigned", "ra-application-id")


def test_counts_hold_every_status() -> None:
    report = report_of([said(a_check("one"), PASS), said(a_check("two"), FAIL), said(a_check("three"), FAIL)])
    assert (report.counts[PASS], report.counts[FAIL], report.counts[UNKNOWN]) == (1, 2, 0)
    assert set(report.counts) == set(Status)


def test_a_report_says_what_a_check_reads_and_which_rights_that_takes() -> None:
    reads = Reads("GET /organization", "graph", ("Organization.Read.All",))
    check = ALL.checks["server-consent"]
    guide = dict.fromkeys([check.wants[0], check.wants[1]], reads)
    audit = judge(ALL, [check.id], contoso.healthy(), Terms(TODAY))
    report = compose([check.id], audit, ALL, contoso.healthy(), Terms(TODAY), RUN, guide)
    (finding,) = report.findings
    assert report.reads(finding) == (reads,)
    assert report.permissions(finding) == ("Organization.Read.All",)
    assert report.required(finding)


def test_the_tenants_name_may_be_unread() -> None:
    evidence = contoso.healthy()
    answers = {key: answer for key, answer in evidence.answers.items() if key[0].__name__ != "Organization"}
    assert audited(replace(evidence, answers=answers), chosen=["ra-exists"]).tenant_name is None
