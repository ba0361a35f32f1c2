"""Facts of a telephone number that an account of a line holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from tpe_audit.facts.account import ResourceAccount
from tpe_audit.facts.base import Fact, Kind, Subject, Thing
from tpe_audit.shell import Command, powershell

_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})


@dataclass(frozen=True, slots=True)
class PhoneNumber(Thing):
    """A telephone number assigned to a resource account."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)
    POINTS_TO: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    number: str
    """E.164 with the leading +."""
    account: Subject
    """The resource account that holds it."""
    type_for_commands: str = "<CallingPlan, DirectRouting or OperatorConnect>"
    """As the cmdlets spell it, where it is known: to fill commands with, never to judge by."""

    @property
    def toll_free(self) -> bool | None:
        """Whether the caller pays nothing, as its prefix says; None if the prefix does not say.

        +1 has 800, 833, 844, 855, 866, 877 and 888 for it (North American Numbering Plan), and +800 is
        toll-free everywhere (ITU-T E.169). Other countries' numbering plans differ.
        """
        if self.number.startswith("+800"):
            return True
        return self.number[2:5] in _TOLL_FREE if self.number.startswith("+1") else None

    @property
    def subject(self) -> Subject:
        """The number."""
        return Subject(Kind.NUMBER, self.number, self.number)

    @property
    def look(self) -> Command:
        """See how far the assignment or the port is."""
        return powershell(
            "Get-CsPhoneNumberAssignment -TelephoneNumber %s | fl 'NumberType', 'ActivationState', 'PortInOrderStatus'",
            self.number,
        )

    @property
    def reassign(self) -> tuple[Command, ...]:
        """Take the number from the account and give it back; calls to it fail in between.

        https://learn.microsoft.com/powershell/module/microsoftteams/remove-csphonenumberassignment
        """
        return (
            self.look,
            powershell("Remove-CsPhoneNumberAssignment -Identity %s -RemoveAll", self.account.id),
            powershell(
                "Set-CsPhoneNumberAssignment -Identity %s -TelephoneNumber %s -NumberType %s",
                self.account.id,
                self.number,
                self.type_for_commands,
            ),
        )


@dataclass(frozen=True, slots=True)
class NoPhoneNumber(Thing):
    """No number is assigned to the account."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = PhoneNumber

    account: Subject

    @property
    def subject(self) -> Subject:
        """The account that has none."""
        return self.account


class NumberTypeName(StrEnum):
    """How a number reaches the public telephone network (Graph `numberType`)."""

    CALLING_PLAN = "callingPlan"
    DIRECT_ROUTING = "directRouting"
    OPERATOR_CONNECT = "operatorConnect"

    @property
    def words(self) -> str:
        """Microsoft's name for it in prose."""
        return {"callingPlan": "Calling Plan", "directRouting": "Direct Routing"}.get(self, "Operator Connect")

    @property
    def cmdlet(self) -> str:
        """How the cmdlets of Teams PowerShell spell it."""
        return self.words.replace(" ", "")


@dataclass(frozen=True, slots=True)
class NumberType(Fact):
    """How the number reaches the public telephone network."""

    OF: ClassVar[tuple[type[Thing], ...]] = (PhoneNumber,)

    value: NumberTypeName


@dataclass(frozen=True, slots=True)
class NumberCapabilities(Fact):
    """What the number may be used for, in Graph's words, such as voiceApplicationAssignment."""

    OF: ClassVar[tuple[type[Thing], ...]] = (PhoneNumber,)

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberActivation(Fact):
    """Whether the number is in service (Graph `activationState`, `portInStatus`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (PhoneNumber,)

    state: str
    port_in: str
    """Empty: the number is not being ported in."""


@dataclass(frozen=True, slots=True)
class NumberCountry(Fact):
    """The country that the number belongs to (Graph `isoCountryCode`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (PhoneNumber,)

    country: str
    """ISO 3166 alpha-2; empty if none is stated."""


@dataclass(frozen=True, slots=True)
class NumberEmergencyLocation(Fact):
    """Where emergency services are sent for a call from the number (Graph `locationId`, `civicAddressId`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (PhoneNumber,)

    location_id: str
    """Empty if it has none."""
    civic_address_id: str
    """Empty if it has none."""


@dataclass(frozen=True, slots=True)
class NumberSource(Fact):
    """Where the number's assignment is kept (Graph `numberSource`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (PhoneNumber,)

    value: str
    """online or onPremises; empty if it is not stated."""
