"""People are told of what has changed, over https and TLS only; and no failure of telling costs a run."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from tests.commands.cli import Ran, tpe
from tests.commands.standing import Standing, standing
from tests.notify.servers import PASSWORD, Mailed, Posted, authority, mail, web
from tpe_audit.simulator import Behaviour, Fault

PATH = "/workflows/hunter2-path?sig=hunter2-sig"
TEAMS = "TPE_AUDIT_NOTIFY__TEAMS_WORKFLOW_URL"
SLACK = "TPE_AUDIT_NOTIFY__SLACK_WEBHOOK_URL"
WEBHOOK = "TPE_AUDIT_NOTIFY__WEBHOOK_URL"
MAIL = "TPE_AUDIT_NOTIFY__EMAIL__PASSWORD"
NO_PRINCIPAL = Fault(
    "/v1.0/servicePrincipals(appId='1fd5118e",
    status=404,
    body={"error": {"code": "Request_ResourceNotFound", "message": "It does not exist."}},
)


@pytest.fixture
def server() -> Iterator[Posted]:
    with web() as posted:
        yield posted


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path, behaviour=Behaviour()) as standing_by:
        trusting(standing_by)
        yield standing_by


def trusting(admin: Standing, **notify: Any) -> None:
    """Let the configuration trust the servers of the tests beside the simulated tenant, and set keys of [notify]."""
    document = tomlkit.parse(admin.config.read_text(encoding="utf-8")).unwrap()
    bundle = admin.folder / "bundle.pem"
    if document["endpoints"]["ca_bundle"] != str(bundle):
        theirs = Path(document["endpoints"]["ca_bundle"]).read_bytes()
        bundle.write_bytes(theirs + authority().cert_pem.bytes())
    document["endpoints"]["ca_bundle"] = str(bundle)
    document["notify"] = notify
    admin.config.write_text(tomlkit.dumps(document), encoding="utf-8")


def run(admin: Standing, *arguments: str, **environment: str) -> Ran:
    return admin("run", "--no-progress", "--output", "out/", "--format", "json", *arguments, environment=environment)


def report(admin: Standing) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((admin.folder / "out" / "report.json").read_text())
    return found


def test_the_first_run_and_each_change_are_told_and_what_stays_is_not(tmp_path: Path, server: Posted) -> None:
    url = {TEAMS: server.url + PATH}
    with standing(tmp_path) as admin:
        trusting(admin)
        assert run(admin, **url).code == 0
        assert len(server.requests) == 1
        run(admin, **url)
        assert len(server.requests) == 1
        assert report(admin)["notifications"] == []
        trusting(admin, always=True)
        run(admin, **url)
        assert len(server.requests) == 2
    method, path, headers, body = server.requests[0]
    assert (method, path, headers["Content-Type"]) == ("POST", PATH, "application/json")
    assert json.loads(body)["attachments"][0]["content"]["type"] == "AdaptiveCard"


def test_a_new_failure_is_told_by_every_channel(tmp_path: Path, server: Posted) -> None:
    behaviour = Behaviour()
    with standing(tmp_path, behaviour=behaviour) as admin, mail() as mailed:
        trusting(admin, email=_email(mailed))
        run(admin)
        assert len(mailed.messages) == 0  # its password was not there
        everything = {TEAMS: f"{server.url}/t", SLACK: f"{server.url}/s", WEBHOOK: f"{server.url}/w", MAIL: PASSWORD}
        run(admin, **everything)
        assert len(mailed.messages) == 1  # what was owed
        run(admin, **everything)
        assert len(mailed.messages) == 1
    assert sorted(path for _, path, _, _ in server.requests) == ["/s", "/t", "/w"]
    [posted] = [json.loads(body) for _, path, _, body in server.requests if path == "/w"]
    assert posted["schema"] == "tpe-audit/report/1"
    [message] = mailed.messages
    assert mailed.encrypted == [True]
    assert mailed.to == [["voice@contoso.com"]]
    assert "Ready" in message["Subject"]


def _email(mailed: Mailed, **more: Any) -> dict[str, Any]:
    return {
        "host": "localhost",
        "port": mailed.port,
        "sender": "audit@contoso.com",
        "to": ["voice@contoso.com"],
        "user": "audit",
    } | more


def test_another_verdict_is_told(tmp_path: Path, server: Posted) -> None:
    with standing(tmp_path) as admin:
        trusting(admin)
        run(admin, **{SLACK: server.url})
    with standing(tmp_path, behaviour=Behaviour(faults=[NO_PRINCIPAL])) as admin:
        trusting(admin)
        assert run(admin, **{SLACK: server.url}).code == 1
    told = json.loads(server.requests[1][3])
    assert len(server.requests) == 2
    assert "acs-service-principal" in json.dumps(told)


@pytest.mark.parametrize("status", [302, 400, 404])
def test_a_failure_is_told_and_the_run_and_its_verdict_stay(admin: Standing, server: Posted, status: int) -> None:
    server.answers = [(status, {"Location": f"{server.url}/elsewhere"})]
    ran = run(admin, **{TEAMS: server.url + PATH})
    assert ran.code == 0
    assert f"error: Notifying by teams failed: it answered {status}" in ran.err
    assert [(each["sent"], each["channel"]) for each in report(admin)["notifications"]] == [(False, "teams")]
    assert any("Notifying by teams failed" in warning for warning in report(admin)["warnings"])
    assert report(admin)["errors"] == []
    assert report(admin)["verdict"] == "ready"
    assert len(server.requests) == 1  # no redirect was followed, and nothing tried again
    assert "hunter2" not in ran.err + json.dumps(report(admin))
    run(admin, **{TEAMS: server.url + PATH})
    assert len(server.requests) == 2  # what was owed
    assert len(admin.runs) == 2


def test_a_busy_server_is_tried_again_as_it_asks(admin: Standing, server: Posted) -> None:
    server.answers = [(429, {"Retry-After": "1"}), (503, {})]
    began = time.monotonic()
    run(admin, **{TEAMS: server.url})
    assert len(server.requests) == 3
    assert time.monotonic() - began > 1
    assert report(admin)["notifications"] == [{"channel": "teams", "sent": True, "reason": ""}]


def test_a_server_that_wants_more_time_than_there_is_costs_none(admin: Standing, server: Posted) -> None:
    server.answers = [(429, {"Retry-After": "600"})]
    trusting(admin, deadline=2)
    ran = run(admin, **{TEAMS: server.url})
    assert "it answered 429; there was no time left to try again" in ran.err


def test_nobody_there_is_given_up_in_time(admin: Standing) -> None:
    trusting(admin, deadline=2)
    ran = run(admin, **{TEAMS: "https://localhost:9/hunter2"})
    assert ran.code == 0
    assert "nobody answered" in ran.err
    assert "hunter2" not in ran.err


def test_a_certificate_that_is_not_trusted_is_said(tmp_path: Path, server: Posted) -> None:
    with standing(tmp_path) as admin:
        ran = run(admin, **{TEAMS: server.url})
    assert "its certificate is not trusted ([endpoints] ca_bundle)" in ran.err
    assert server.requests == []


def test_a_run_that_is_narrowed_tells_nobody(admin: Standing, server: Posted) -> None:
    run(admin, "--check", "acs-service-principal", **{TEAMS: server.url})
    assert server.requests == []


def test_a_demonstration_tells_nobody(tmp_path: Path, server: Posted) -> None:
    tpe(tmp_path, "run", "--demo", "--format", "json", environment={TEAMS: server.url})
    assert server.requests == []


def test_nothing_of_a_notification_goes_where_reading_goes(admin: Standing, server: Posted) -> None:
    run(admin, **{TEAMS: server.url})
    assert {r.method for r in admin.tenant.requests if r.api == "graph"} == {"GET"}


# --- e-mail ------------------------------------------------------------------------------------------------------


def test_mail_over_tls_from_the_start_is_sent(admin: Standing) -> None:
    with mail(tls=True) as mailed:
        trusting(admin, email=_email(mailed, security="tls", user=""))
        run(admin)
    assert len(mailed.messages) == 1


def test_mail_is_never_sent_without_tls(admin: Standing) -> None:
    with mail(starttls=False) as mailed:
        trusting(admin, email=_email(mailed))
        ran = run(admin, **{MAIL: PASSWORD})
    assert (mailed.messages, mailed.encrypted) == ([], [])
    assert "the server offers no STARTTLS" in ran.err


def test_a_wrong_password_is_not_tried_again_and_never_told(admin: Standing) -> None:
    with mail() as mailed:
        trusting(admin, email=_email(mailed))
        ran = run(admin, **{MAIL: "hunter2-wrong"})
    assert "the server refused the sign-in (535)" in ran.err
    assert "hunter2" not in ran.err + json.dumps(report(admin))


def test_a_mail_server_that_is_busy_is_tried_again(admin: Standing) -> None:
    with mail() as mailed:
        mailed.answers = ["451 later"]
        trusting(admin, email=_email(mailed))
        run(admin, **{MAIL: PASSWORD})
    assert len(mailed.messages) == 1


# --- the configuration -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["http://x.test/hunter2", "https://user:hunter2@x.test/", "hunter2", "https:// hunter2"]
)
def test_an_address_that_is_not_https_is_refused_and_not_repeated(admin: Standing, url: str) -> None:
    ran = run(admin, **{SLACK: url})
    assert ran.code == 2
    assert f"{SLACK}: notify.slack_webhook_url: it is not an https:// address" in ran.err
    assert "hunter2" not in ran.err


def test_an_empty_variable_is_no_address(admin: Standing) -> None:
    assert run(admin, **{TEAMS: "", SLACK: " ", WEBHOOK: ""}).code == 0


@pytest.mark.parametrize("key", ["teams_workflow_url", "slack_webhook_url", "webhook_url"])
def test_an_address_in_the_file_is_refused(admin: Standing, key: str) -> None:
    trusting(admin, **{key: "https://x.test/hunter2"})
    ran = run(admin)
    assert (ran.code, f"TPE_AUDIT_NOTIFY__{key.upper()}" in ran.err, "hunter2" in ran.err) == (2, True, False)


def test_a_password_in_the_file_is_refused(admin: Standing) -> None:
    trusting(admin, email={"password": "hunter2"})
    ran = run(admin)
    assert (ran.code, MAIL in ran.err, "hunter2" in ran.err) == (2, True, False)


@pytest.mark.parametrize(
    "wrong",
    [{"host": "smtp.test"}, {"host": "s", "sender": "a@b.test\nBcc: x@y.test", "to": ["a@b.test"]}, {"to": ["x"]}],
)
def test_an_email_without_sender_or_with_a_strange_one_is_refused(admin: Standing, wrong: dict[str, Any]) -> None:
    trusting(admin, email=wrong)
    ran = run(admin)
    assert ran.code == 2
    assert "notify.email" in ran.err


def test_always_with_nobody_to_tell_is_a_warning(admin: Standing) -> None:
    trusting(admin, always=True)
    run(admin)
    assert any("nobody is named" in warning for warning in report(admin)["warnings"])


def test_the_authority_of_the_tests_is_one() -> None:
    ssl.create_default_context(cadata=authority().cert_pem.bytes().decode())
