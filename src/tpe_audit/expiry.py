"""What will end by itself, and break something or stop counting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tpe_audit.facts import Subject
from tpe_audit.verdicts import Owner


class Ending(StrEnum):
    """What kind of thing ends. A closed vocabulary of the report."""

    CREDENTIAL = "credential"
    """A secret or certificate of an application."""
    SUBSCRIPTION = "subscription"
    """A commercial subscription that licences come from: its next lifecycle date."""
    EVENT_SUBSCRIPTION = "event-subscription"
    ATTESTATION = "attestation"
    WAIVER = "waiver"
    TEAMS_EXPORT = "teams-export"
    """An export of Teams PowerShell, which is believed for a time only."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """One thing that ends at a known moment."""

    ending: Ending
    what: str
    """As a noun phrase: "the client secret a1b2… of Contoso Voice"."""
    at: datetime
    """UTC. What counts to the end of a day ends with that day."""
    then: str
    """What happens then, as a sentence."""
    owner: Owner | None
    """Who renews it; None where anyone may who keeps the configuration."""
    subject: Subject | None = None
    check: str = ""
    """The check that judges it, or that it belongs to; empty: none."""
