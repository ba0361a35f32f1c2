"""Understands what the directory says of a user's licences, in each of the three ways in which it does.

https://learn.microsoft.com/graph/api/resources/licensedetails,
https://learn.microsoft.com/graph/api/resources/assignedplan,
https://learn.microsoft.com/graph/api/resources/licenseassignmentstate
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tpe_audit.collectors import wire
from tpe_audit.facts import AssignedPlan, Licenses, PlanStatus, SubscribedSkus
from tpe_audit.sources import Item

_DETAIL = {
    "Success": PlanStatus.ON,
    "Disabled": PlanStatus.OFF,
    "Error": PlanStatus.ERROR,
    "PendingInput": PlanStatus.PENDING,
    "PendingActivation": PlanStatus.PENDING,
    "PendingProvisioning": PlanStatus.PENDING,
}
_CAPABILITY = {"Enabled": PlanStatus.ON, "Warning": PlanStatus.ON}
_ACTIVE = frozenset({"Active", "ActiveWithError"})
_LAPSED = frozenset({"Suspended", "Deleted", "LockedOut"})


@dataclass(frozen=True, slots=True)
class Product:
    """A product that a user has."""

    sku_id: str
    off: tuple[str, ...]
    """Its service plans that are switched off."""
    state: str = "Active"
    """Of the assignment, as the directory names it."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A user's products, as the directory tells of `licenseAssignmentStates`."""

    products: tuple[Product, ...]

    @classmethod
    def of(cls, body: object, what: str, evidence: tuple[int, ...]) -> Assigned:
        """Return what a user object says of them.

        Raises:
            Malformed: it does not tell.
        """
        user = wire.parsed(wire.UserLicenses, body, what, evidence)
        stated = {state.skuId.lower() for state in user.licenseAssignmentStates}
        return cls(
            (
                *(_product(s.skuId, s.disabledPlans, s.state) for s in user.licenseAssignmentStates),
                *(_product(a.skuId, a.disabledPlans) for a in user.assignedLicenses if a.skuId.lower() not in stated),
            )
        )

    def licenses(self, skus: SubscribedSkus) -> Licenses:
        """Return them as service plans: cheap in bulk, and as good as plan by plan.

        A plan is on when an active assignment's product holds it, it is not switched off there, and the tenant's
        subscriptions to the product are in force, or have ended so lately that they still serve (Warning).
        """
        known = {sku.id: sku for sku in skus.skus}
        plans: list[AssignedPlan] = []
        for product in self.products:
            sku = known.get(product.sku_id)
            if sku is None:
                continue
            for plan in sku.plans:
                status = PlanStatus.OFF if plan.id in product.off else PlanStatus.ON
                detail = "Disabled" if status is PlanStatus.OFF else product.state
                if product.state not in _ACTIVE:
                    status, detail = PlanStatus.ERROR, product.state
                elif status is PlanStatus.ON and sku.capability_status in _LAPSED:
                    status, detail = PlanStatus.OFF, f"{sku.capability_status} in the tenant"
                plans.append(AssignedPlan(plan.id, plan.name, sku.id, sku.part_number, status, detail))
        unexplained = tuple(sorted({product.sku_id for product in self.products} - known.keys()))
        return Licenses(tuple(plans), unexplained)


@dataclass(frozen=True, slots=True)
class Plans:
    """A user's service plans and products, as the directory tells of `assignedPlans`."""

    products: tuple[Product, ...]
    plans: tuple[tuple[str, str], ...]
    """Id and `capabilityStatus`."""

    @classmethod
    def of(cls, body: object, what: str, evidence: tuple[int, ...]) -> Plans:
        """Return what a user object says of them.

        Raises:
            Malformed: it does not tell.
        """
        user = wire.parsed(wire.UserPlans, body, what, evidence)
        return cls(
            tuple(_product(license_.skuId, license_.disabledPlans) for license_ in user.assignedLicenses),
            tuple((plan.servicePlanId.lower(), plan.capabilityStatus) for plan in user.assignedPlans),
        )

    def licenses(self, skus: SubscribedSkus | None) -> Licenses:
        """Return them with the product that brings each plan, as far as that is known."""
        off = {product.sku_id: product.off for product in self.products}
        brought = {
            plan.id: (sku, plan.name)
            for sku in (skus.skus if skus else ())
            if sku.id in off
            for plan in sku.plans
            if plan.id not in off[sku.id]
        }
        plans = []
        for plan, capability in self.plans:
            sku, name = brought.get(plan, (None, ""))
            product = (sku.id, sku.part_number) if sku else ("", "")
            status = _CAPABILITY.get(capability, PlanStatus.OFF)
            plans.append(AssignedPlan(plan, name, *product, status, capability))
        return Licenses(tuple(plans))


def _product(sku_id: str, off: Sequence[str], state: str = "Active") -> Product:
    return Product(sku_id.lower(), tuple(plan.lower() for plan in off), state)


def of_details(items: Sequence[Item], what: str, evidence: tuple[int, ...]) -> Licenses:
    """Return a user's licences from `licenseDetails`, which one user can be asked for.

    Raises:
        Malformed: one of them can't be understood.
    """
    details = [wire.parsed(wire.LicenseDetail, item.body, what, evidence) for item in items]
    return Licenses(
        tuple(
            AssignedPlan(
                plan.servicePlanId.lower(),
                plan.servicePlanName or "",
                detail.skuId.lower(),
                (detail.skuPartNumber or "").strip(),
                _DETAIL[plan.provisioningStatus],
                plan.provisioningStatus,
            )
            for detail in details
            for plan in detail.servicePlans
        )
    )
