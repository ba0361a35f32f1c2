"""Reads facts of the tenant as a whole."""

from __future__ import annotations

from tpe_audit.collectors import wire
from tpe_audit.collectors.reader import Harvest, Reader, attempt
from tpe_audit.facts import (
    AcsFederation,
    AcsScopes,
    AcsServicePrincipal,
    Collected,
    CommercialSubscription,
    Deployment,
    GlobalExternalAccess,
    NoAcsScopes,
    NoAcsServicePrincipal,
    NoTeamsExport,
    Organization,
    ProductIds,
    ServicePlan,
    Sku,
    SubscribedSkus,
    SubscriptionDates,
    TeamsExport,
)
from tpe_audit.facts import well_known as known
from tpe_audit.sources import SourceError
from tpe_audit.sources.errors import Malformed


async def declared(reader: Reader) -> Harvest:
    """What is not read but given: the deployment as configured, and when the reading was done."""
    harvest = Harvest()
    tenant = reader.tenant.subject
    harvest.tell(tenant, reader.deployment)
    harvest.tell(tenant, Collected(reader.collected_at))
    return harvest


async def teams_export(reader: Reader) -> Harvest:
    """Until when the export is believed that is read in the place of Teams PowerShell."""
    harvest = Harvest()
    found = await reader.sources.teams_powershell.export()
    harvest.tell(reader.tenant.subject, TeamsExport(*found) if found else NoTeamsExport())
    return harvest


async def acs_service_principal(reader: Reader) -> Harvest:
    """Look Microsoft's application up by its well-known id (https://learn.microsoft.com/graph/api/serviceprincipal-get)."""
    selected = "id,appId,displayName,accountEnabled,oauth2PermissionScopes"
    answered = await reader.sources.graph.get(
        f"/v1.0/servicePrincipals(appId='{known.ACS_APPLICATION_ID}')?$select={selected}",
        grant="the Graph permission Application.Read.All",
    )
    harvest, evidence = Harvest(), (answered.evidence,)
    if answered.body is None:
        harvest.tell(reader.tenant.subject, NoAcsServicePrincipal(), evidence)
        harvest.tell(reader.tenant.subject, NoAcsScopes(), evidence)
        return harvest
    body, what = answered.body, "the service principal"

    def principal() -> AcsServicePrincipal:
        item = wire.parsed(wire.Principal, body, what, evidence)
        return AcsServicePrincipal(item.id, item.accountEnabled)

    def scopes() -> AcsScopes:
        item = wire.parsed(wire.PrincipalScopes, body, what, evidence)
        return AcsScopes(tuple((s.value, s.id.lower()) for s in item.oauth2PermissionScopes if s.value))

    harvest.answer(reader.tenant.subject, AcsServicePrincipal, attempt(principal, evidence))
    harvest.answer(reader.tenant.subject, AcsScopes, attempt(scopes, evidence))
    return harvest


async def organization(reader: Reader) -> Harvest:
    """The tenant's name (https://learn.microsoft.com/graph/api/organization-list)."""
    listing = await reader.sources.graph.items(
        "/v1.0/organization?$select=id,displayName,countryLetterCode",
        grant="the Graph permission Organization.Read.All",
    )
    if len(listing.items) != 1:
        raise Malformed("Microsoft Graph described not exactly one organization.", listing.evidence)
    item = wire.parsed(wire.OrganizationItem, listing.items[0].body, "the organization", listing.evidence)
    harvest = Harvest()
    fact = Organization(item.displayName or "", item.countryLetterCode or "")
    harvest.tell(reader.tenant.subject, fact, listing.evidence)
    return harvest


async def read_skus(reader: Reader) -> tuple[SubscribedSkus, tuple[int, ...]]:
    """Read the tenant's products (https://learn.microsoft.com/graph/api/subscribedsku-list)."""
    listing = await reader.sources.graph.items(
        "/v1.0/subscribedSkus?$select=skuId,skuPartNumber,capabilityStatus,consumedUnits,prepaidUnits,servicePlans",
        grant="the Graph permission LicenseAssignment.Read.All",
    )
    items = [wire.parsed(wire.SubscribedSku, i.body, "a product (subscribedSku)", (i.evidence,)) for i in listing.items]
    skus = tuple(
        Sku(
            item.skuId.lower(),
            # Some names are published with a space at the end.
            item.skuPartNumber.strip(),
            item.capabilityStatus,
            item.prepaidUnits.enabled,
            item.consumedUnits,
            _plans(item.servicePlans),
        )
        for item in items
    )
    return SubscribedSkus(skus), listing.evidence


async def subscribed_skus(reader: Reader) -> Harvest:
    """The tenant's products."""
    harvest = Harvest()
    skus, evidence = await reader.once(read_skus)
    harvest.tell(reader.tenant.subject, skus, evidence)
    return harvest


async def subscription_dates(reader: Reader) -> Harvest:
    """When what the tenant bought ends (https://learn.microsoft.com/graph/api/directory-list-subscriptions)."""
    listing = await reader.sources.graph.items(
        "/v1.0/directory/subscriptions", grant="the Graph permission Organization.Read.All"
    )
    what = "a commercial subscription (companySubscription)"
    items = [wire.parsed(wire.CompanySubscription, each.body, what, (each.evidence,)) for each in listing.items]
    harvest = Harvest()
    fact = SubscriptionDates(tuple(_commercial(item) for item in items))
    harvest.tell(reader.tenant.subject, fact, listing.evidence)
    return harvest


def _commercial(item: wire.CompanySubscription) -> CommercialSubscription:
    return CommercialSubscription(
        id=item.commerceSubscriptionId or item.id,
        sku_id=(item.skuId or "").lower(),
        part_number=(item.skuPartNumber or "").strip(),
        status=item.status,
        trial=bool(item.isTrial),
        licenses=item.totalLicenses or 0,
        next_lifecycle=item.nextLifecycleDateTime,
        plans=_plans(item.serviceStatus),
    )


def _plans(plans: list[wire.SkuPlan]) -> tuple[ServicePlan, ...]:
    return tuple(ServicePlan(plan.servicePlanId.lower(), plan.servicePlanName or "") for plan in plans)


async def product_ids(reader: Reader) -> Harvest:
    """The ids of products to assign: the tenant's own where it has them, else those that Microsoft publishes."""
    harvest = Harvest()
    try:
        skus, evidence = await reader.once(read_skus)
    except SourceError as error:
        skus, evidence = SubscribedSkus(()), error.evidence

    def best(plans: frozenset[str], otherwise: str, prefix: str = "", named: str = "") -> str:
        found = [sku for sku in skus.holding(plans, prefix) if not named or sku.part_number.startswith(named)]
        # A product that still has licences to give comes first.
        found.sort(key=lambda sku: (sku.capability_status != "Enabled", sku.consumed_units >= sku.enabled_units))
        return found[0].id if found else otherwise

    fact = ProductIds(
        resource_account=best(known.RESOURCE_ACCOUNT_PLANS, known.RESOURCE_ACCOUNT_SKU),
        pay_as_you_go=best(
            known.PAY_AS_YOU_GO_PLANS,
            "<SkuId of Pay-As-You-Go from Get-MgSubscribedSku>",
            known.PAY_AS_YOU_GO_PREFIX,
        ),
        communications_credits=best(known.COMMUNICATIONS_CREDITS_PLANS, known.COMMUNICATIONS_CREDITS_SKU),
        teams_phone=best(known.TEAMS_PHONE_PLANS, known.TEAMS_PHONE_SKU, named="MCOEV"),
    )
    harvest.tell(reader.tenant.subject, fact, evidence)
    return harvest


async def acs_federation(reader: Reader) -> Harvest:
    """ACS federation, from `Get-CsTeamsAcsFederationConfiguration`, which has exactly one instance."""
    data, evidence = await reader.sources.teams_powershell.cmdlet("Get-CsTeamsAcsFederationConfiguration")
    if len(data) != 1:
        raise Malformed("Teams PowerShell gave not exactly one ACS federation configuration.", evidence)
    item = wire.parsed(wire.AcsFederationItem, data[0], "the ACS federation configuration", evidence)
    harvest = Harvest()
    allowed = tuple(sorted(resource.lower() for resource in item.AllowedAcsResources or []))
    harvest.tell(reader.tenant.subject, AcsFederation(item.EnableAcsUsers, allowed), evidence)
    return harvest


async def external_access(reader: Reader) -> Harvest:
    """The Global external access policy, from `Get-CsExternalAccessPolicy`."""
    data, evidence = await reader.sources.teams_powershell.cmdlet("Get-CsExternalAccessPolicy")
    policies = [item for item in data if item.get("Identity") == "Global"]
    if len(policies) != 1:
        raise Malformed("Teams PowerShell gave not exactly one external access policy Global.", evidence)
    policy = wire.parsed(wire.ExternalAccessPolicyItem, policies[0], "the external access policy Global", evidence)
    harvest = Harvest()
    harvest.tell(reader.tenant.subject, GlobalExternalAccess(policy.EnableAcsFederationAccess), evidence)
    return harvest


__all__ = [
    "Deployment",
    "acs_federation",
    "acs_service_principal",
    "declared",
    "external_access",
    "organization",
    "product_ids",
    "read_skus",
    "subscribed_skus",
    "subscription_dates",
]
