"""Turns configuration into what the judging wing knows: the deployment as meant, and the terms of judgement."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tpe_audit.catalog import Profile
from tpe_audit.commands.asked import Asked
from tpe_audit.config import Config
from tpe_audit.declared import Declared, declared
from tpe_audit.facts import Billing, ConfiguredLine, Consumer, Deployment, Direction
from tpe_audit.terms import Attestation, Terms, Waiver
from tpe_audit.verdicts import Severity


def deployment(config: Config) -> Deployment:
    """Return the deployment as `[deployment]` declares it."""
    meant = config.deployment
    return Deployment(
        consumer=Consumer(meant.consumer),
        directions=tuple(Direction(direction) for direction in dict.fromkeys(meant.directions)),
        billing=Billing(meant.billing),
        acs_federation_used=meant.acs_federation == "required",
        lines=tuple(
            ConfiguredLine(line.number, line.account, line.application_id, line.acs_resource, line.bot)
            for line in meant.lines
        ),
        agent_groups=tuple(dict.fromkeys(meant.agents.groups)),
        agent_users=tuple(dict.fromkeys(meant.agents.users)),
        client_applications=tuple(dict.fromkeys(meant.agents.client_applications)),
        dynamics_environment=meant.dynamics.environment_url,
    )


def terms(asked: Asked, config: Config, today: date) -> Terms:
    """Return the terms of an audit made today (UTC)."""
    fail_on = asked.fail_on or config.report.fail_on
    return Terms(
        today=today,
        profile=Profile(asked.profile),
        fail_on=None if fail_on == "never" else Severity(fail_on),
        attestations=attestations(config),
        waivers=waivers(config),
    )


def declaring(path: Path | None) -> Declared:
    """Return where the configuration file declares what is judged; None: there is no file."""
    if path is None or not path.is_file():
        return Declared()
    whole = path.resolve()
    shown = whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else whole
    return declared(path.read_text(encoding="utf-8-sig"), shown.as_posix())


def attestations(config: Config) -> tuple[Attestation, ...]:
    """Return what people answered."""
    return tuple(
        Attestation(e.check, e.by, e.on, e.expires, e.subject, e.evidence, dict(e.about)) for e in config.attestations
    )


def waivers(config: Config) -> tuple[Waiver, ...]:
    """Return what people accepted."""
    return tuple(Waiver(e.check, e.owner, e.reason, e.expires, e.subject) for e in config.waivers)


def warnings(config: Config) -> tuple[str, ...]:
    """Return what the configuration asks for and this version does not do."""
    told = []
    notify = config.notify
    if notify.always and not (
        notify.teams_workflow_url or notify.slack_webhook_url or notify.webhook_url or notify.email.host
    ):
        told.append("[notify] always is set, but nobody is named who is to be told.")
    return tuple(told)
