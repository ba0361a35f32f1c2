"""Works out what each line should be bound to: by config.toml or, without a word there, by what exists."""

from __future__ import annotations

from tpe_audit.collectors.accounts import LineAccount, line_accounts
from tpe_audit.collectors.acs import acs_resources
from tpe_audit.collectors.bots import bots
from tpe_audit.collectors.reader import Harvest, Reader
from tpe_audit.config import is_guid
from tpe_audit.facts import (
    AcsResource,
    Answer,
    Bot,
    ExpectedAcsResource,
    ExpectedApplication,
    Known,
    LineIds,
    NoBoundAcsResource,
    NoBoundApplication,
)
from tpe_audit.facts.well_known import RESERVED_APPLICATIONS, UNKNOWN_ACS, UNKNOWN_APPLICATION

CONFIGURED = "config.toml"


async def expected_applications(reader: Reader) -> Harvest:
    """The application that each account should be bound to."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    for account in read.accounts:
        subject = account.account.subject
        if account.line.application_id:
            harvest.tell(subject, ExpectedApplication(account.line.application_id, CONFIGURED))
            continue
        found = (await reader.once(bots)).answers[(Bot, subject.key)]
        harvest.answer(subject, ExpectedApplication, _application(found))
    return harvest


def _application(found: Answer) -> Answer:
    if isinstance(found, Known) and isinstance(found.value, Bot):
        return Known(ExpectedApplication(found.value.client_id, f"the bot {found.value.name}"), found.evidence)
    if isinstance(found, Known) and isinstance(found.value, NoBoundApplication):
        return Known(ExpectedApplication(UNKNOWN_APPLICATION, "the line's bot"), found.evidence)
    return found


async def expected_acs_resources(reader: Reader) -> Harvest:
    """The ACS resource that each account should be bound to."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    for account in read.accounts:
        subject = account.account.subject
        if is_guid(account.line.acs_resource):
            harvest.tell(subject, ExpectedAcsResource(account.line.acs_resource, CONFIGURED))
            continue
        found = (await reader.once(acs_resources)).answers[(AcsResource, subject.key)]
        harvest.answer(subject, ExpectedAcsResource, _acs(found, account))
    return harvest


def _acs(found: Answer, account: LineAccount) -> Answer:
    if isinstance(found, Known) and isinstance(found.value, AcsResource):
        why = CONFIGURED if account.line.acs_resource else f"the ACS resource {found.value.name}"
        return Known(ExpectedAcsResource(found.value.immutable_id, why), found.evidence)
    if isinstance(found, Known) and isinstance(found.value, NoBoundAcsResource):
        return Known(ExpectedAcsResource(UNKNOWN_ACS, "the line's ACS resource"), found.evidence)
    return found


async def line_ids(reader: Reader) -> Harvest:
    """The ids to fill commands with; nothing is read for them that an expectation does not need anyway."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    for account in read.accounts:
        application = account.application_id
        acs = account.acs_id
        if acs and not is_guid(acs):
            found = (await reader.once(acs_resources)).answers[(AcsResource, account.account.subject.key)]
            resource = found.value if isinstance(found, Known) else None
            acs = resource.immutable_id if isinstance(resource, AcsResource) else ""
        harvest.tell(
            account.account.subject,
            LineIds(
                account.account.user_principal_name or account.account.id,
                account.account.id,
                application if application and application not in RESERVED_APPLICATIONS else UNKNOWN_APPLICATION,
                acs or UNKNOWN_ACS,
            ),
        )
    return harvest
