"""Which checks apply: by who answers the calls, and by what is configured."""

from __future__ import annotations

import pytest

from tests.tenant import audit, healthy
from tpe_audit import catalog
from tpe_audit.facts import ClientApplication, Consumer
from tpe_audit.simulator import SCENARIOS
from tpe_audit.verdicts import Area, Status

CHECKS = catalog.find().checks


async def test_without_client_applications_their_checks_do_not_apply_and_say_so() -> None:
    report, _ = await audit(healthy().configure("deployment.agents.client_applications", []))
    findings = {finding.check.id: finding for finding in report.findings}
    for name in ("client-app-admin-consent", "client-app-permission", "client-app-redirect", "client-consent"):
        assert findings[name].status is Status.NOT_APPLICABLE
        reasons = [findings[name].reason, *(judgement.reason for judgement in findings[name].judgements)]
        assert ClientApplication.NONE in reasons, name


@pytest.mark.parametrize(
    ("consumer", "areas"),
    [
        # Microsoft operates application, bot, ACS resource, consent, events and client of Dynamics 365.
        (Consumer.DYNAMICS_365, {Area.BOT, Area.ACS, Area.CONSENT, Area.EVENTS, Area.CLIENT, Area.CODE, Area.FOUNDRY}),
        # A voice agent needs no people, no application of their own, and no federation.
        (Consumer.FOUNDRY, {Area.AGENT, Area.CLIENT, Area.FEDERATION, Area.POLICY, Area.CODE, Area.DYNAMICS}),
        (Consumer.THIRD_PARTY, {Area.DYNAMICS, Area.FOUNDRY}),
    ],
)
def test_what_a_consumer_does_not_need_is_not_asked_of_it(consumer: Consumer, areas: set[Area]) -> None:
    needed = {check.id for check in CHECKS.values() if check.area in areas and consumer in check.consumers}
    assert not needed


async def test_a_check_that_does_not_apply_to_the_consumer_says_so() -> None:
    report, _ = await audit(SCENARIOS["healthy-foundry"]())
    findings = {finding.check.id: finding for finding in report.findings}
    for name in ("agent-teams-license", "acs-federation-enabled", "client-consent", "d365-license"):
        assert findings[name].status is Status.NOT_APPLICABLE
        assert findings[name].reason
