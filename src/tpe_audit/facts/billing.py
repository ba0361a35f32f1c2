"""Facts of how the tenant pays: its billing agreement with Microsoft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.base import Fact, Thing
from tpe_audit.facts.deployment import Billing
from tpe_audit.facts.tenant import Tenant

CUSTOMER_AGREEMENT = "MicrosoftCustomerAgreement"


@dataclass(frozen=True, slots=True)
class BillingAgreement(Fact):
    """The agreement of the tenant's billing accounts, as Azure shows them (`agreementType`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    agreement: str
    """Microsoft's word, such as MicrosoftCustomerAgreement."""
    accounts: tuple[str, ...]
    """Names of the billing accounts."""

    @property
    def billing(self) -> Billing:
        """What follows of it. Any other agreement may be that of Azure alone: it does not tell how calls are paid."""
        return Billing.MCA if self.agreement == CUSTOMER_AGREEMENT else Billing.UNKNOWN

    @property
    def shown(self) -> str:
        """What Azure shows, as a sentence."""
        return f"Azure shows the agreement {self.agreement} for the billing account {', '.join(self.accounts)}."


@dataclass(frozen=True, slots=True)
class UnknownBillingAgreement(Fact):
    """Which agreement there is can't be read, which is the normal case: it takes a role on the billing account."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = BillingAgreement

    why: str
    """As a sentence."""

    @property
    def billing(self) -> Billing:
        """Not known."""
        return Billing.UNKNOWN

    @property
    def shown(self) -> str:
        """Why it is not known."""
        return self.why
