"""Codes and symptoms: every one of Microsoft's pages and of the field, in every form that people paste."""

from __future__ import annotations

import re

import pytest

from tpe_audit import codes
from tpe_audit.catalog import find as find_checks
from tpe_audit.codes import Certainty, Explanation

CHECKS = find_checks().checks
ENTRIES = {entry.key: entry for entry in codes.entries()}

REQUIREMENTS = frozenset(
    re.findall(
        r"\S+",
        """
acs-cognitive-identity acs-credential-match acs-data-location acs-exists acs-federation-allowlist
acs-federation-enabled acs-legacy-retirement acs-local-auth acs-network-access acs-service-principal admin-role
agent-account-enabled agent-calling-policy agent-enterprise-voice agent-phone-license agent-teams-license
agent-teams-only agent-token-persona app-credential-valid app-not-reserved app-registration app-service-principal
bot-app-type bot-calling-enabled bot-exists bot-teams-channel callback-https calling-plan-conflict
client-app-admin-consent client-app-permission client-app-redirect client-consent code-obo-identifier
code-source-caller-id conditional-access credits-license d365-acs-id-match d365-app-id d365-license
d365-number-synced d365-outbound-profile d365-region d365-sync-app d365-sync-role d365-voice-provisioned
d365-workstream dr-sbc-replaces dr-sbc-verified dr-voice-routing-policy emergency-shared-calling
event-grid-subscription event-grid-webhook-valid external-access-agent external-access-global foundry-binding
funding-balance graph-ra-permission inbound-blocked-patterns information-barriers number-activated number-assigned
number-country-match number-emergency-location number-onprem-conflict number-service-type oc-carrier-outbound
oc-no-dr-policy outbound-call-restriction payg-assigned payg-tenant ra-acs-resource-id ra-application-id
ra-department ra-exists ra-license-assigned ra-license-plan-enabled ra-no-teams-phone-standard ra-not-aa-cq
ra-sign-in-blocked ra-synced ra-usage-location recording-expectation sdk-version server-consent teams-admin-api-sp
tenant-cloud-region tenant-ra-license-available tollfree-credits
""",
    )
)
"""All requirements of Teams Phone extensibility, whether a check reads them yet or not."""

NUMERIC = {
    "404/580406": "404/580406",
    "404/580462": "404/580462",
    "404/580464": "404/580464",
    "404/5804xx": "404/5804xx",
    "404/580499": "404/5804xx",
    "403/510586": "403/510586",
    "400/8523": "400/8523",
    "408/10057": "408/10057",
    "403/10105": "403/10105",
    "403/2203": "403/2203",
    "403/7507": "403/7507",
    "403/7504": "403/7504",
    "403/7505": "403/7505",
    "403/7501": "403/7501",
    "403/7502": "403/7501",
    "403/7509": "403/7509",
    "403/7510": "403/7509",
    "403/7506": "403/7506",
    "403/7508": "403/7506",
    "403/7500": "403/7506",
    "403/7503": "403/7506",
    "403/7600": "403/7600",
    "403/7604": "403/7604",
    "403/7601": "403/7601",
    "403/7602": "403/7601",
    "403/7603": "403/7601",
    "403/7605": "403/7601",
    "400/8567": "400/8567",
    "403/7606": "400/8567",
    "404/8522": "404/8522",
    "405/8522": "404/8522",
    "400/8501": "404/8522",
    "409/8519": "404/8522",
    "405/8520": "404/8522",
    "412/8583": "404/8522",
    "480/10037": "480/10037",
    "401/10009": "401/10009",
    "495/4507": "401/10009",
}
"""Codes that come with an HTTP status, and what they are called here."""

ALONE = {
    **dict.fromkeys(["8500", "8528", "8559", "8585", "8527"], "404/8522"),
    "8517": "403/7505",
    **dict.fromkeys(["8586", "8587", "8610"], "8586"),
    **dict.fromkeys(["8516", "8529", "8530"], "8516"),
    **dict.fromkeys(["10003", "10004", "10076", "10077", "10078", "3112", "301004", "301005"], "10003"),
    "400801": "400801",
    **{f"560{sip}": "560403" for sip in (403, 404, 408, 480, 484, 486, 487, 500, 503, 603)},
    "560488": "560xxx",
    "540xxx": "540xxx",
    "540404": "540xxx",
    "511532": "511532",
    "511404": "511404",
    "510403": "510403",
    **dict.fromkeys(["500001", "531004"], "500001"),
}

SYMPTOMS = {
    "Invalid CommunicationUser identifier specified": "422 Invalid CommunicationUser identifier specified",
    "UserLicenseNotPresentForbidden": "UserLicenseNotPresentForbidden",
    "userlicensenotpresentforbidden": "UserLicenseNotPresentForbidden",
    "TeamsDisabledForTenantForbidden": "TeamsDisabledForTenantForbidden",
    "AdminUserLicenseNotPresentForbidden": "TeamsDisabledForTenantForbidden",
    "UserLicenseNotPresentTrialEligible": "TeamsDisabledForTenantForbidden",
    "Connecting Call end reason=NoPermission": "403/10105",
    "400 Bad Request when adding a Teams channel to the bot": "400 Bad Request on adding the Teams channel",
    "lacks a service principal": "lacks a service principal",
    "busy signal": "busy signal",
    "No Incoming Call notification and a busy signal is heard": "busy signal",
    "no audio": "no audio",
    "No Incoming Call notification and no audio is heard and call disconnects": "no audio",
    "IncomingCall arrives, answer fails": "answer fails",
    "Number cannot be assigned": "number cannot be assigned",
    "An item with the same key has already been added": "An item with the same key has already been added",
    "GET /beta/admin/teams/resourceAccounts 403": "403 on resourceAccounts",
    "calls of some callers fail": "some callers only",
    "Toll-free inbound fails": "toll-free inbound fails",
    "unexpected recording announcement": "recording announcement",
    "works from one environment only": "works from one environment only",
    "emergency call without location": "emergency call without location",
    "Operation is not supported in Open state": "400801",
    "AcceptConversationAPIPlugin": "400801",
    "SCENARIO_INBOUND_ACCEPT2CONNECTED": "takingTooLongToConnectToCall",
    "takingTooLongToConnectToCall": "takingTooLongToConnectToCall",
    "endless ACS_SEND_POLLING_REQUEST": "takingTooLongToConnectToCall",
    "Invalid cancellation token": "Invalid cancellation token",
    "Store or directline not initialized yet": "Invalid cancellation token",
    "hold music continues after accept": "hold music continues after accept",
    "Holding music, but no agent offered": "no agent offered",
    '"Sync from Teams" answers 500': "Sync from Teams fails",
    "number not in D365": "number not in Dynamics 365",
    "Voice tab absent": "Teams phone system tab absent",
    "outbound conversation not created": "outbound conversation not created",
    "transfer to an external number fails": "consult or transfer fails",
    "progressive dialling: mid-call move fails": "mid-call move fails",
    "callbackUri invalid": "callbackUri invalid",
    "Foundry: busy and no ACS event": "busy and no ACS event",
    "401/403 on AnswerCall": "401/403 on AnswerCall",
    "Event Grid subscription validation fails": "Event Grid validation fails",
}

PASTED = {
    '{"error":{"code":"8523","message":"Invalid request, SourceCallerIdNumber and SourceDisplayName are not '
    'supported..."}}': "400/8523",
    '"resultInformation": {"code": 408, "subCode": 10057, "message": "addParticipants failed for participant 8:acs:'
    '(redacted) Underlying reason: Request Timeout. DiagCode: 408#10057.@"}': "408/10057",
    '{"subCode": 580464, "code": 404}': "404/580464",
    '{"error":{"code":"UserLicenseNotPresentForbidden","message":"User Login. Teams is disabled in user licenses"}}': (
        "UserLicenseNotPresentForbidden"
    ),
    "The app is trying to access a service '1fd5118e-2576-4263-8130-9503064c837a'(Azure Communication Services) that "
    "your organization '01234567-8522-4263-8523-000000580462' lacks a service principal for.": (
        "lacks a service principal"
    ),
    "AADSTS7000222: The provided client secret keys for app are expired. Timestamp: 2026-11-22 09:00:00Z": (
        "AADSTS7000222"
    ),
    "2026-11-22T09:00:00Z call from +15555804620 ended: Error 403 subcode 10105": "403/10105",
    "CreateCallFailed at 10:57, DiagCode 404 # 580462": "404/580462",
    "Plugin failed with 0X80048D0B: Operation is not supported in Open state": "400801",
}


def found(text: str) -> str | None:
    explanation = codes.find(text)
    return explanation.key if explanation else None


@pytest.mark.parametrize("code", NUMERIC)
def test_a_code_is_found_in_every_form(code: str) -> None:
    status, subcode = code.split("/")
    forms = [
        code,
        f"{status}#{subcode}",
        f"{status} {subcode}",
        f"{status}:{subcode}",
        subcode,
        f"  {subcode} ",
        code.upper(),
        f"error {status} subcode {subcode}",
    ]
    assert {found(form) for form in forms} == {NUMERIC[code]}


@pytest.mark.parametrize("code", ALONE)
def test_a_code_without_a_status_is_found(code: str) -> None:
    assert found(code) == found(f"code {code}") == ALONE[code]


@pytest.mark.parametrize("number", ["650052", "7000215", "7000222", "50011", "65001", "53003", "700016"])
def test_an_entra_code_is_found_with_and_without_its_prefix(number: str) -> None:
    forms = {found(form) for form in (f"AADSTS{number}", f"aadsts{number}", number, f"AADSTS{number}: it failed")}
    assert len(forms) == 1
    assert None not in forms


def test_a_hexadecimal_code_is_found_in_any_case() -> None:
    assert found("0x80048d0b") == found("0X80048D0B") == "400801"


@pytest.mark.parametrize("text", SYMPTOMS)
def test_a_symptom_is_found(text: str) -> None:
    assert found(text) == found(text.upper()) == SYMPTOMS[text]


@pytest.mark.parametrize("text", PASTED)
def test_a_pasted_message_is_understood(text: str) -> None:
    assert found(text) == PASTED[text]


@pytest.mark.parametrize("key", ENTRIES)
def test_everything_is_found_by_its_own_name_forms_and_words(key: str) -> None:
    entry = ENTRIES[key]
    for text in (key, *entry.codes, *entry.phrases):
        assert codes.find(text) is entry, text


@pytest.mark.parametrize("text", ["", "   ", "403", "400", "404", "12", "xyzzy", "no", "a" * 100_000, "7f" * 20])
def test_what_is_no_code_is_not_guessed(text: str) -> None:
    assert codes.find(text) is None


def test_figures_of_something_else_are_no_codes() -> None:
    assert codes.find("ticket 8523-1, port 8522, see line 8516 of the log of 2026-10-03") is None
    assert codes.find("call from +15804620105 to c0ffee00-8523-4222-8333-000000580462") is None


def test_a_status_alone_lists_what_begins_so() -> None:
    keys = [entry.key for entry in codes.nearest("403")]
    assert {"403/10105", "403/510586", "403/2203"} <= set(keys)
    assert not any(key.startswith("404/") for key in keys)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("5804", "404/580462"),
        ("404/58", "404/580406"),
        ("aadsts7", "AADSTS7000222"),
        ("bussy signal", "busy signal"),
        ("no incoming call", "no audio"),
        ("no incoming call", "busy signal"),
    ],
)
def test_the_nearest_is_named(text: str, key: str) -> None:
    assert codes.find(text) is None
    assert key in [entry.key for entry in codes.nearest(text)]


def test_nothing_is_near_to_nonsense() -> None:
    assert codes.nearest("xyzzy") == codes.nearest("") == ()


def test_every_form_means_one_thing() -> None:
    figures: dict[str, Explanation] = {}
    for entry in codes.entries():
        for form in entry.codes:
            assert figures.setdefault(codes._figures(form), entry) is entry


def test_every_check_named_is_a_requirement_or_a_check() -> None:
    named = {name for entry in codes.entries() for name in entry.checks}
    assert named <= REQUIREMENTS | set(CHECKS)


def test_every_requirement_that_can_cause_a_call_to_fail_is_named() -> None:
    hygiene = {"ra-sign-in-blocked", "ra-no-teams-phone-standard", "acs-data-location", "acs-legacy-retirement"}
    named = {name for entry in codes.entries() for name in entry.checks}
    assert REQUIREMENTS - named == hygiene


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_is_whole(key: str) -> None:
    entry = ENTRIES[key]
    assert entry.meaning.endswith(".")
    assert not entry.note or entry.note.endswith(".")
    assert bool(entry.checks) is entry.configuration
    assert len(set(entry.checks)) == len(entry.checks)
    assert entry.links
    assert all(link.startswith("https://") for link in entry.links)
    assert entry.sure is Certainty.MICROSOFT or entry.links


def test_what_nobody_has_confirmed_is_not_worded_as_fact() -> None:
    for key in ("400801", "403/2203", "takingTooLongToConnectToCall", "560xxx", "TeamsDisabledForTenantForbidden"):
        assert ENTRIES[key].sure is not Certainty.MICROSOFT
    assert "not verified" in ENTRIES["lacks a service principal"].note


def test_what_configuration_does_not_cause_says_so() -> None:
    assert {key for key, entry in ENTRIES.items() if not entry.configuration} == {"8516", "10003"}


@pytest.mark.parametrize("name", CHECKS)
def test_the_codes_that_a_check_names_are_known(name: str) -> None:
    for code in CHECKS[name].codes:
        assert codes.find(code), code
