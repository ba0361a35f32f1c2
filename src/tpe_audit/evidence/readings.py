"""What one run has read, and what is to be known of the run itself: all that an audit judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tpe_audit.facts import Collected, Deployment, Evidence, Fact, Gap, Known, Tenant
from tpe_audit.report import SourceReport
from tpe_audit.terms import Attestation, Waiver

Question = tuple[type[Fact], type[Fact]]
"""A thing and a fact of it; a thing and itself is the list of these."""


class Half(StrEnum):
    """How much of a deployment was read: all of it, or what one of its two parties can read."""

    ALL = "all"
    TEAMS = "teams"
    """The Teams tenant: its Graph, Teams PowerShell, Dataverse."""
    AZURE = "azure"
    """The Azure side: Azure Resource Manager, the data plane of ACS resources, Graph of the Azure tenant."""


ANYONE = "28:orgid:*"
"""Stands among the raw ids of an event subscription for every account that was not known when it was read."""

NOT_PART = "It is not part of this evidence file"
"""How the reason begins of what another file has to tell."""


def not_part(half: Half) -> str:
    """Return why a half does not tell what the other one reads."""
    other = Half.AZURE if half is Half.TEAMS else Half.TEAMS
    return f"{NOT_PART}, which was collected with --source {half}: a file of --source {other} has it."


@dataclass(frozen=True, slots=True)
class Looked:
    """How far the list of all things of a kind was read, on lines or not: what proves that there is no other."""

    where: str
    """As part of a sentence; empty if nowhere."""
    gap: Gap | None
    """Why there may be more; None: there are no more."""
    evidence: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    """By what each is known: the application of a bot, the immutable id of an ACS resource."""


@dataclass(frozen=True, slots=True)
class Readings:
    """All readings of one run, or of several that were joined."""

    evidence: Evidence
    azure_tenant_id: str
    started_at: datetime
    finished_at: datetime
    simulated: bool = False
    redacted: bool = False
    half: Half = Half.ALL
    asked: frozenset[Question] = frozenset()
    """What was asked for: of anything else it is not known whether there is something to tell."""
    listed: Mapping[type[Fact], Looked] = field(default_factory=dict)
    """The lists that were read whether or not a line leads to what is on them."""
    sources: tuple[SourceReport, ...] = ()
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    """Those of the configuration that it was read with."""
    waivers: tuple[Waiver, ...] = ()

    @property
    def tenant(self) -> Tenant:
        """The Teams tenant that was read."""
        tenant = self.evidence.tenant
        return tenant if isinstance(tenant, Tenant) else Tenant(tenant.subject.id)

    @property
    def deployment(self) -> Deployment:
        """The deployment as it was declared when it was read."""
        found = self.evidence.answer(Deployment, self.tenant.subject)
        value = found.value if isinstance(found, Known) else None
        return value if isinstance(value, Deployment) else Deployment()

    @property
    def collected_at(self) -> datetime:
        """The time that it is judged as of."""
        found = self.evidence.answer(Collected, self.tenant.subject)
        value = found.value if isinstance(found, Known) else None
        return value.at if isinstance(value, Collected) else self.started_at
