import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.checks import contoso
from tpe_audit.audit import judge
from tpe_audit.catalog import Catalog, Profile, find
from tpe_audit.facts import (
    AcsFederation,
    AcsResource,
    Agent,
    ApplicationOwner,
    AssignedVoiceRoutingPolicy,
    Billing,
    Bot,
    BoundApplication,
    Census,
    Consumer,
    Deployment,
    Direction,
    Environment,
    Evidence,
    ExpectedApplication,
    Fact,
    Gap,
    Known,
    Licenses,
    NoAcsResource,
    NoAcsServicePrincipal,
    NoAgent,
    NoBot,
    NoBoundApplication,
    NoLine,
    NoPhoneNumber,
    NoResourceAccount,
    NoServerConsent,
    NoTeamsChannel,
    NumberType,
    NumberTypeName,
    PhoneNumber,
    ResourceAccount,
    ServerConsent,
    SignIn,
    Subject,
    TeamsChannel,
    Tenant,
    UnseenApplication,
)
from tpe_audit.facts.well_known import MICROSOFT_TENANT_ID
from tpe_audit.findings import Cause, Finding, Judgement
from tpe_audit.terms import Attestation, Terms, Waiver
from tpe_audit.verdicts import Status

ALL = find()
TODAY = date(2026, 11, 22)
TERMS = Terms(TODAY)
ACCOUNT, OTHER = contoso.ACCOUNT.subject, contoso.OTHER_ACCOUNT.subject
OFF = Gap("sources.azure is off.", declared_off=True)


def attested(check: str, subject: str = "", about: dict[str, str] | None = None) -> Terms:
    return Terms(
        TODAY,
        attestations=(Attestation(check, "Robin", date(2026, 11, 1), date(2026, 12, 31), subject, about=about or {}),),
    )


def waived(check: str, subject: str = "", expires: date = date(2026, 12, 31)) -> Terms:
    return Terms(TODAY, waivers=(Waiver(check, "Robin", "Accepted for the pilot.", expires, subject),))


def finding(check: str, evidence: Evidence, terms: Terms = TERMS, catalog: Catalog = ALL) -> Finding:
    return judge(catalog, [check], evidence, terms).findings[check]


def on(subject: Subject, check: str, evidence: Evidence, terms: Terms = TERMS) -> Judgement:
    return next(j for j in finding(check, evidence, terms).judgements if j.subject == subject)


# Every check there is


@cache
def concerned(check: str) -> tuple[Evidence, Terms]:
    """Return a healthy tenant that the check concerns: of its consumer, its kind of numbers, its profile."""
    asked = ALL.checks[check]
    consumer = Consumer.THIRD_PARTY if Consumer.THIRD_PARTY in asked.consumers else asked.consumers[0]
    evidence = contoso.healthy(replace(contoso.DEPLOYMENT, consumer=consumer))
    if asked.number_types and NumberTypeName.CALLING_PLAN not in asked.number_types:
        for number in (contoso.NUMBER, contoso.OTHER_NUMBER):
            evidence = contoso.but(evidence, number.subject, NumberType(asked.number_types[0]))
    if NumberTypeName.DIRECT_ROUTING in asked.number_types:
        for account in (ACCOUNT, OTHER):
            evidence = contoso.but(evidence, account, AssignedVoiceRoutingPolicy("Trunk"))
    profile = Profile.SCHEDULED if Profile.SCHEDULED in asked.profiles else asked.profiles[0]
    return evidence, replace(TERMS, profile=profile)


@pytest.mark.parametrize("check", ALL.checks)
def test_a_healthy_tenant_passes_but_for_what_only_a_person_knows(check: str) -> None:
    evidence, terms = concerned(check)
    found = finding(check, evidence, terms)
    allowed = {Status.PASS, Status.MANUAL, Status.NOT_APPLICABLE} if ALL.checks[check].question else {Status.PASS}
    assert found.status in allowed, found.reason


CONFIGURED = (Tenant, Deployment, Environment)
"""What stands in config.toml is never unread."""


def _one_fact_unread() -> Iterator[tuple[str, str, type[Fact]]]:
    for check in ALL.checks.values():
        evidence, _ = concerned(check.id)
        census = evidence.census.get(check.judges, Census(((evidence.tenant.subject, Known(evidence.tenant)),)))
        for subject, _ in census.found:
            for parameter in check.parameters:
                if parameter.path and parameter.slot not in CONFIGURED:
                    yield check.id, subject.key, parameter.slot


@pytest.mark.parametrize(("check", "key", "fact"), list(_one_fact_unread()))
def test_no_check_passes_or_fails_with_one_of_its_facts_unread(check: str, key: str, fact: type[Fact]) -> None:
    healthy, terms = concerned(check)
    gap = Gap(f"{fact.__name__} could not be read. Grant Some.Read.All.")
    answers = {name: gap if name[0] is fact else answer for name, answer in healthy.answers.items()}
    evidence = replace(healthy, answers=answers)
    if ALL.checks[check].judges is Tenant and fact in healthy.census:
        evidence = contoso.counted(evidence, fact, Census(gap=gap))
    found = next(j for j in finding(check, evidence, terms).judgements if j.subject.key == key)
    assert (found.status, found.reason) == (Status.UNKNOWN, gap.reason)


@pytest.mark.parametrize("check", [check.id for check in ALL.checks.values() if check.judges is not Tenant])
def test_no_check_passes_or_fails_for_a_thing_that_could_not_be_read(check: str) -> None:
    evidence, terms = concerned(check)
    kind = ALL.checks[check].judges
    (first, _), *rest = evidence.census[kind].found
    broken = Census(((first, Gap("It came back broken.")), *rest))
    found = finding(check, contoso.counted(evidence, kind, broken), terms)
    assert next(j for j in found.judgements if j.subject == first).status is Status.UNKNOWN


@pytest.mark.parametrize("check", [check.id for check in ALL.checks.values() if check.judges is not Tenant])
def test_things_that_could_not_be_listed_give_no_subjects_and_the_reason(check: str) -> None:
    unlisted = Census(gap=Gap("The list broke off. Grant Some.Read.All."))
    evidence, terms = concerned(check)
    found = finding(check, contoso.counted(evidence, ALL.checks[check].judges, unlisted), terms)
    assert (found.status, found.reason, found.judgements) == (
        Status.UNKNOWN,
        unlisted.gap and unlisted.gap.reason,
        (),
    )


@pytest.mark.parametrize("check", [check.id for check in ALL.checks.values() if check.number_types])
def test_no_check_of_a_kind_of_number_passes_or_fails_while_the_kind_is_unread(check: str) -> None:
    healthy, terms = concerned(check)
    evidence = contoso.but(healthy, contoso.NUMBER.subject, gap=NumberType)
    evidence = contoso.but(evidence, contoso.OTHER_NUMBER.subject, gap=NumberType)
    assert finding(check, evidence, terms).status is Status.UNKNOWN


# Unknown


def test_one_account_that_could_not_be_read_leaves_the_others_judged() -> None:
    evidence = contoso.but(contoso.healthy(), ACCOUNT, gap=ServerConsent)
    assert [j.status for j in finding("server-consent", evidence).judgements] == [Status.UNKNOWN, Status.PASS]


def test_things_beyond_the_end_of_a_broken_list_are_unknown_and_what_was_seen_is_judged() -> None:
    evidence = contoso.healthy()
    accounts = evidence.census[ResourceAccount].found
    evidence = contoso.but(evidence, ACCOUNT, NoServerConsent())
    evidence = contoso.counted(evidence, ResourceAccount, Census(accounts, Gap("The list broke off.")))
    found = finding("server-consent", evidence)
    assert found.status is Status.FAIL
    assert "The list broke off." in found.reason


def test_what_nobody_asked_for_is_unknown() -> None:
    found = finding("ra-exists", Evidence(contoso.TENANT, {}, contoso.healthy().answers))
    assert found.status is Status.UNKNOWN


def test_evidence_points_to_the_requests_behind_a_judgement() -> None:
    evidence = contoso.healthy()
    judgement = on(contoso.BOT.subject, "bot-teams-channel", evidence)
    assert [evidence.requests[index].request for index in judgement.evidence] == ["GET TeamsChannel of tpe-bot"]


# Blocked


def test_a_failure_blocks_what_rests_on_it_and_names_itself() -> None:
    evidence = contoso.but(
        contoso.healthy(), contoso.APPLICATION.subject, ApplicationOwner(MICROSOFT_TENANT_ID, "Theirs")
    )
    judgement = on(ACCOUNT, "ra-application-id", evidence)
    assert judgement.status is Status.BLOCKED
    assert judgement.blocked_by == Cause("app-not-reserved", contoso.APPLICATION.client_id)


def test_what_is_blocked_names_the_root_cause_not_the_step_between() -> None:
    evidence = without_bot(contoso.healthy())
    judgement = finding("bot-calling-enabled", evidence).judgements[0]
    assert judgement.blocked_by == Cause("bot-exists", contoso.APPLICATION.client_id)


def without_bot(evidence: Evidence) -> Evidence:
    none = NoBot(contoso.APPLICATION.client_id, "1 subscription")
    for subject in (ACCOUNT, OTHER, contoso.APPLICATION.subject):
        evidence = contoso.but(evidence, subject, none)
    return contoso.counted(evidence, Bot, Census(((none.subject, Known(none)),)))


def test_a_failure_blocks_only_its_own_line() -> None:
    evidence = contoso.but(contoso.healthy(), ACCOUNT, NoPhoneNumber(ACCOUNT))
    audit = judge(ALL, ["payg-assigned"], evidence, TERMS)
    assert [j.status for j in audit.findings["payg-assigned"].judgements] == [Status.BLOCKED, Status.PASS]


def test_a_check_that_was_not_chosen_is_run_where_a_chosen_one_rests_on_it() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.BOT.subject, NoTeamsChannel())
    audit = judge(ALL, ["bot-calling-enabled"], evidence, TERMS)
    assert audit.findings["bot-teams-channel"].status is Status.FAIL
    assert audit.findings["bot-calling-enabled"].status is Status.BLOCKED


@pytest.mark.parametrize("check", ["agent-teams-license", "agent-phone-license", "agent-enterprise-voice"])
def test_an_agent_who_does_not_exist_blocks_what_is_asked_of_agents_even_if_chosen_alone(check: str) -> None:
    nobody = NoAgent("nobody@contoso.com")
    evidence = contoso.counted(contoso.healthy(), Agent, Census(((nobody.subject, Known(nobody)),)))
    judgement = on(nobody.subject, check, evidence)
    assert judgement.status is Status.BLOCKED
    assert judgement.blocked_by == Cause("agent-account-enabled", "nobody@contoso.com")


def test_an_absence_that_a_reading_came_upon_is_a_failure_even_of_a_thing_that_was_not_asked_about() -> None:
    none = NoBot(contoso.APPLICATION.client_id, "1 subscription")
    evidence = contoso.healthy()
    answers = dict(evidence.answers)
    answers[ExpectedApplication, ACCOUNT.key] = Known(none)
    evidence = replace(evidence, answers=answers)
    evidence = contoso.counted(evidence, Bot, Census(gap=Gap("Nobody asked.")))
    cause = on(ACCOUNT, "ra-application-id", evidence).blocked_by
    assert cause == Cause("bot-exists", contoso.APPLICATION.client_id)
    cause = on(ACCOUNT, "ra-application-id", evidence, waived("bot-exists")).blocked_by
    assert cause == Cause("bot-exists", contoso.APPLICATION.client_id, waived=True)


def test_two_faults_of_one_agent_are_both_reported() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.AGENT.subject, SignIn(enabled=False), Licenses(()))
    audit = judge(ALL, ALL.checks, evidence, TERMS)
    failing = {name for name, found in audit.findings.items() if found.status is Status.FAIL}
    assert failing == {"agent-account-enabled", "agent-teams-license", "agent-phone-license"}


def test_independent_faults_on_one_line_are_all_reported() -> None:
    evidence = contoso.but(
        contoso.healthy(), ACCOUNT, NoBoundApplication(), NoServerConsent(), Licenses((contoso.CREDITS,))
    )
    evidence = contoso.but(evidence, contoso.BOT.subject, NoTeamsChannel())
    evidence = contoso.but(evidence, contoso.ACS.subject, replace(contoso.SUBSCRIPTION, event_types=()))
    audit = judge(ALL, ALL.checks, evidence, TERMS)
    failing = {name for name, found in audit.findings.items() if found.status is Status.FAIL}
    assert failing == {
        "ra-application-id",
        "server-consent",
        "ra-license-assigned",
        "payg-assigned",
        "bot-teams-channel",
        "event-grid-subscription",
    }


def test_an_account_that_does_not_exist_blocks_all_that_is_asked_of_it() -> None:
    missing = NoResourceAccount("ivr@contoso.com", user_exists=False)
    evidence = contoso.counted(contoso.healthy(), ResourceAccount, Census(((missing.subject, Known(missing)),)))
    audit = judge(ALL, ALL.checks, evidence, TERMS)
    of_account = {name: f.status for name, f in audit.findings.items() if f.check.judges is ResourceAccount}
    assert of_account.pop("ra-exists") is Status.FAIL
    assert set(of_account.values()) <= {Status.BLOCKED, Status.NOT_APPLICABLE}
    assert of_account["server-consent"] is of_account["payg-assigned"] is Status.BLOCKED


def test_a_tenant_without_a_line_fails_on_the_tenant_and_blocks_the_rest() -> None:
    none = NoLine(contoso.TENANT.subject, accounts_seen=2)
    empty = Census(nothing="There is no line.")
    evidence = contoso.counted(contoso.healthy(), ResourceAccount, Census(((none.subject, Known(none)),)))
    for kind in (PhoneNumber, Bot, AcsResource):
        evidence = contoso.counted(evidence, kind, empty)
    audit = judge(ALL, ["ra-exists", "server-consent", "payg-tenant", "number-activated"], evidence, TERMS)
    assert audit.findings["ra-exists"].judgements[0].subject == contoso.TENANT.subject
    assert audit.findings["ra-exists"].status is Status.FAIL
    assert audit.findings["server-consent"].status is Status.BLOCKED
    assert audit.findings["payg-tenant"].status is Status.NOT_APPLICABLE
    assert audit.findings["number-activated"].reason == "There is no line."


def test_an_acs_resource_that_does_not_exist_blocks_consent_and_events() -> None:
    none = NoAcsResource(contoso.ACS.immutable_id, "1 subscription")
    evidence = contoso.healthy()
    for subject in (ACCOUNT, OTHER, contoso.ACS_ID.subject):
        evidence = contoso.but(evidence, subject, none)
    evidence = contoso.counted(evidence, AcsResource, Census(((none.subject, Known(none)),)))
    for check in ("server-consent", "event-grid-subscription"):
        assert on(ACCOUNT, check, evidence).blocked_by == Cause("acs-exists", contoso.ACS.immutable_id)


def test_a_prerequisite_that_is_unknown_does_not_block() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.APPLICATION.subject, gap=ApplicationOwner)
    audit = judge(ALL, ["ra-application-id"], evidence, TERMS)
    assert audit.findings["app-not-reserved"].status is Status.UNKNOWN
    assert audit.findings["ra-application-id"].status is Status.PASS


def test_a_prerequisite_that_is_manual_does_not_block() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.APPLICATION.subject, UnseenApplication())
    audit = judge(ALL, ["ra-application-id"], evidence, TERMS)
    assert audit.findings["app-not-reserved"].status is Status.MANUAL
    assert audit.findings["ra-application-id"].status is Status.PASS


def test_a_prerequisite_that_does_not_apply_does_not_block() -> None:
    deployment = Deployment(consumer=Consumer.DYNAMICS_365)
    audit = judge(ALL, ["ra-synced"], contoso.healthy(deployment), TERMS)
    assert audit.findings["ra-application-id"].status is Status.NOT_APPLICABLE
    assert audit.findings["ra-synced"].status is Status.MANUAL


def test_a_waived_failure_blocks_and_says_so() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.BOT.subject, NoTeamsChannel())
    judgement = on(contoso.BOT.subject, "bot-calling-enabled", evidence, waived("bot-teams-channel"))
    assert judgement.blocked_by == Cause("bot-teams-channel", contoso.BOT.arm_id, waived=True)


# Attestations and waivers


def test_a_question_is_answered_by_attestation() -> None:
    judgement = finding("funding-balance", contoso.healthy(), attested("funding-balance")).judgements[0]
    assert (judgement.status, judgement.attestation and judgement.attestation.by) == (Status.PASS, "Robin")


def test_an_attestation_of_one_subject_does_not_answer_for_another() -> None:
    found = finding("ra-synced", contoso.healthy(), attested("ra-synced", ACCOUNT.id.upper()))
    assert [j.status for j in found.judgements] == [Status.PASS, Status.MANUAL]


@pytest.mark.parametrize(
    ("given", "expires"),
    [(date(2026, 10, 1), date(2026, 11, 21)), (date(2026, 11, 23), date(2026, 12, 31))],
    ids=["expired", "still to come"],
)
def test_an_attestation_counts_only_in_its_time(given: date, expires: date) -> None:
    terms = Terms(TODAY, attestations=(Attestation("funding-balance", "Robin", given, expires),))
    assert finding("funding-balance", contoso.healthy(), terms).status is Status.MANUAL


def test_an_attestation_counts_to_the_end_of_its_last_day() -> None:
    terms = Terms(TODAY, attestations=(Attestation("funding-balance", "Robin", date(2026, 11, 1), TODAY),))
    assert finding("funding-balance", contoso.healthy(), terms).status is Status.PASS


def test_an_attestation_lapses_when_what_it_was_given_for_has_changed() -> None:
    terms = attested("ra-synced", ACCOUNT.id, {"application_id": contoso.OTHER_ID})
    audit = judge(ALL, ["ra-synced"], contoso.healthy(), terms)
    assert audit.findings["ra-synced"].judgements[0].status is Status.MANUAL
    assert "another application_id" in audit.lapsed[0]


def test_a_question_carries_what_its_answer_is_about() -> None:
    about = {"application_id": contoso.APPLICATION.client_id, "acs_resource_id": contoso.ACS.immutable_id}
    assert on(ACCOUNT, "ra-synced", contoso.healthy()).about == about


def test_an_attestation_holds_for_the_same_ids_in_any_case() -> None:
    terms = attested("ra-synced", ACCOUNT.id, {"application_id": contoso.APPLICATION.client_id.upper()})
    assert on(ACCOUNT, "ra-synced", contoso.healthy(), terms).status is Status.PASS


def test_an_attestation_does_not_override_what_was_read() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.BOT.subject, NoTeamsChannel())
    assert finding("bot-teams-channel", evidence, attested("bot-teams-channel")).status is Status.FAIL


def test_an_attestation_does_not_answer_what_could_not_be_read() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.BOT.subject, gap=TeamsChannel)
    assert finding("bot-teams-channel", evidence, attested("bot-teams-channel")).status is Status.UNKNOWN


def test_a_source_that_is_declared_off_is_a_question_and_takes_attestations() -> None:
    evidence = contoso.counted(contoso.healthy(), Bot, Census(gap=OFF))
    assert finding("bot-exists", evidence).status is Status.MANUAL
    answered = finding("bot-exists", evidence, attested("bot-exists"))
    assert (answered.status, answered.attestation and answered.attestation.by) == (Status.PASS, "Robin")


def test_one_fact_of_a_source_that_is_declared_off_is_a_question_too() -> None:
    evidence = contoso.healthy()
    evidence = replace(evidence, answers={**evidence.answers, (ServerConsent, ACCOUNT.key): OFF})
    assert on(ACCOUNT, "server-consent", evidence).status is Status.MANUAL
    assert on(ACCOUNT, "server-consent", evidence, attested("server-consent")).status is Status.PASS


def test_a_gap_beside_a_source_that_is_declared_off_is_no_question() -> None:
    evidence = contoso.but(contoso.healthy(), ACCOUNT, gap=AcsResource)
    evidence = replace(evidence, answers={**evidence.answers, (ServerConsent, ACCOUNT.key): OFF})
    assert on(ACCOUNT, "server-consent", evidence, attested("server-consent")).status is Status.UNKNOWN


def test_a_waived_failure_is_waived_and_keeps_its_reason() -> None:
    evidence = contoso.but(contoso.healthy(), ACCOUNT, NoServerConsent())
    judgement = on(ACCOUNT, "server-consent", evidence, waived("server-consent", ACCOUNT.id))
    assert (judgement.status, judgement.waiver and judgement.waiver.owner) == (Status.WAIVED, "Robin")
    assert "no consent" in judgement.reason


@pytest.mark.parametrize(
    "terms",
    [waived("server-consent", expires=date(2026, 11, 21)), waived("server-consent", OTHER.id)],
    ids=["expired", "of another subject"],
)
def test_a_waiver_that_does_not_hold_leaves_a_failure(terms: Terms) -> None:
    evidence = contoso.but(contoso.healthy(), ACCOUNT, NoServerConsent())
    assert on(ACCOUNT, "server-consent", evidence, terms).status is Status.FAIL


def test_a_waiver_does_not_cover_what_could_not_be_read() -> None:
    evidence = contoso.but(contoso.healthy(), ACCOUNT, gap=ServerConsent)
    assert on(ACCOUNT, "server-consent", evidence, waived("server-consent")).status is Status.UNKNOWN


# Not applicable


def test_other_consumers_are_spared_and_told_why() -> None:
    found = finding("server-consent", contoso.healthy(Deployment(consumer=Consumer.DYNAMICS_365)))
    assert found.status is Status.NOT_APPLICABLE
    assert found.reason == "The deployment's consumer is dynamics-365; this concerns third-party or foundry."


def test_inbound_deployments_need_no_funding() -> None:
    found = finding("payg-tenant", contoso.healthy(Deployment(directions=(Direction.INBOUND,))))
    assert (found.status, found.reason) == (Status.NOT_APPLICABLE, "The deployment has no outbound calls.")


def test_other_kinds_of_numbers_are_spared_and_told_why() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.NUMBER.subject, NumberType(NumberTypeName.DIRECT_ROUTING))
    judgement = on(ACCOUNT, "payg-assigned", evidence)
    assert judgement.status is Status.NOT_APPLICABLE
    assert judgement.reason == "It concerns Calling Plan numbers; this is Direct Routing."


def test_a_check_of_the_tenant_applies_if_one_number_is_of_its_kind() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.NUMBER.subject, NumberType(NumberTypeName.OPERATOR_CONNECT))
    assert finding("payg-tenant", evidence).status is Status.PASS
    evidence = contoso.but(evidence, contoso.OTHER_NUMBER.subject, NumberType(NumberTypeName.OPERATOR_CONNECT))
    assert finding("payg-tenant", evidence).status is Status.NOT_APPLICABLE


def test_a_deployment_may_spare_a_check_for_a_reason_of_its_own() -> None:
    found = finding("credits-license", contoso.healthy(Deployment(billing=Billing.MCA)))
    assert found.status is Status.NOT_APPLICABLE
    assert "Microsoft Customer Agreement" in found.reason


def test_federation_that_is_declared_unused_is_spared() -> None:
    evidence = contoso.but(
        contoso.healthy(Deployment(acs_federation_used=False)), contoso.TENANT.subject, gap=AcsFederation
    )
    for check in ("acs-federation-enabled", "acs-federation-allowlist", "external-access-global"):
        assert finding(check, evidence).status is Status.NOT_APPLICABLE


# Checks of other people


Written = Callable[..., Catalog]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Return the catalogue with checks of these bodies beside those that ship."""

    def write(**files: str) -> Catalog:
        for name, body in files.items():
            (tmp_path / f"{name}.py").write_text(HEAD + textwrap.dedent(body), encoding="utf-8")
        return find([tmp_path])

    return write


HEAD = '''"""Something holds."""
from tpe_audit import *
from tpe_audit.facts import *
AREA, SEVERITY, OWNER = Area.TENANT, Severity.MAJOR, Owner.TEAMS_ADMIN
LINK = "https://learn.microsoft.com/"
'''


def test_a_check_that_raises_is_unknown_and_an_error(written: Written) -> None:
    catalog = written(
        broken="""
        def check(tenant: Tenant) -> Verdict:
            return 1 / 0
    """
    )
    audit = judge(catalog, ["broken"], contoso.healthy(), TERMS)
    assert audit.findings["broken"].status is Status.UNKNOWN
    assert "broken.py" in audit.errors[0]
    assert "ZeroDivisionError" in audit.errors[0]


def test_a_check_that_returns_no_verdict_is_unknown_and_an_error(written: Written) -> None:
    catalog = written(
        broken="""
        def check(tenant: Tenant) -> Verdict:
            return True
    """
    )
    audit = judge(catalog, ["broken"], contoso.healthy(), TERMS)
    assert audit.findings["broken"].status is Status.UNKNOWN
    assert "returned bool" in audit.errors[0]


def test_a_check_that_can_not_say_whether_it_applies_is_judged_and_an_error(written: Written) -> None:
    catalog = written(
        broken="""
        def applies(deployment: Deployment) -> NotApplicable | None:
            raise LookupError("lost")

        def check(tenant: Tenant) -> Verdict:
            return Pass("It holds.")
    """
    )
    audit = judge(catalog, ["broken"], contoso.healthy(), TERMS)
    assert audit.findings["broken"].status is Status.PASS
    assert "LookupError: lost" in audit.errors[0]


def test_a_check_may_be_for_one_profile_only(written: Written) -> None:
    catalog = written(
        asked="""
        PROFILES = ("go-live",)
        QUESTION = "Is it?"

        def check(tenant: Tenant) -> Verdict:
            return Manual("Nothing can read it.")
    """
    )
    spared = finding("asked", contoso.healthy(), catalog=catalog)
    assert (spared.status, spared.reason) == (
        Status.NOT_APPLICABLE,
        "It is asked with --profile go-live only.",
    )
    asked = finding("asked", contoso.healthy(), Terms(TODAY, Profile.GO_LIVE), catalog)
    assert asked.status is Status.MANUAL


def test_a_check_of_the_tenant_gets_all_of_one_kind_or_none(written: Written) -> None:
    catalog = written(
        counting="""
        def check(tenant: Tenant, numbers: tuple[PhoneNumber, ...]) -> Verdict:
            return Pass("Counted.", observed=str(len(numbers)))
    """
    )
    evidence = contoso.healthy()
    assert finding("counting", evidence, catalog=catalog).judgements[0].observed == "2"
    cut_short = Census(evidence.census[PhoneNumber].found, Gap("The list broke off."))
    evidence = contoso.counted(evidence, PhoneNumber, cut_short)
    assert finding("counting", evidence, catalog=catalog).status is Status.UNKNOWN


def test_a_check_is_not_called_where_what_it_asks_for_does_not_exist(written: Written) -> None:
    catalog = written(
        lenient="""
        def check(tenant: Tenant, principal: AcsServicePrincipal) -> Verdict:
            return Pass("It is there.")
    """
    )
    evidence = contoso.but(contoso.healthy(), contoso.TENANT.subject, NoAcsServicePrincipal())
    found = finding("lenient", evidence, catalog=catalog)
    assert (found.status, found.reason) == (Status.NOT_APPLICABLE, (NoAcsServicePrincipal.__doc__ or ""))
    audit = judge(catalog, ["acs-service-principal", "lenient"], evidence, TERMS)
    assert audit.findings["lenient"].status is Status.BLOCKED


def test_a_finding_is_as_bad_as_its_worst_subject() -> None:
    evidence = contoso.but(contoso.healthy(), ACCOUNT, NoServerConsent())
    evidence = contoso.but(evidence, OTHER, gap=ServerConsent)
    found = finding("server-consent", evidence)
    assert found.status is Status.FAIL
    assert found.reason == "1 of 2: The ACS resource tpe-acs has no consent to serve the account."


def test_a_thing_has_its_own_binding() -> None:
    evidence = contoso.but(contoso.healthy(), OTHER, BoundApplication(contoso.OTHER_ID))
    assert [j.status for j in finding("ra-application-id", evidence).judgements] == [Status.PASS, Status.FAIL]
