"""What redaction keeps: words and ids of Microsoft's, which say nothing of anybody and which checks compare with.

A field that is not listed here is replaced, so that a new fact is safe before anybody thinks of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from tpe_audit.facts import well_known

FIELDS = frozenset(
    {
        "AcsConsents.personal",
        "AcsConsents.tenant_wide",
        "AcsDataLocation.value",
        "AcsNetworkAccess.value",
        "AcsProvisioning.state",
        "AcsScopes.ids",
        "AppCredentials.items.kind",
        "AppCredentials.items.starts",
        "AppCredentials.items.ends",
        "AssignedPolicies.assigned.policy_type",
        "BotAppType.kind",
        "ClientConsents.assignments.principal_type",
        "Collected.at",
        "Department.value",
        "Deployment.billing",
        "Deployment.consumer",
        "Deployment.directions",
        "DialOutPolicies.policies.calls",
        "Entry.check",
        "Entry.expires",
        "Entry.on",
        "EventDelivery.destination",
        "EventDelivery.event_types",
        "EventSubscription.destination",
        "EventSubscription.event_types",
        "EventSubscription.expires",
        "EventSubscription.provisioning_state",
        "Licenses.*",
        "NumberActivation.port_in",
        "NumberActivation.state",
        "NumberCapabilities.values",
        "NumberCountry.country",
        "NumberSource.value",
        "NumberType.value",
        "Organization.country",
        "PhoneNumber.account.kind",
        "NoPhoneNumber.account.kind",
        "NoLine.tenant.kind",
        "PhoneNumber.type_for_commands",
        "ProductIds.*",
        "Registration.audience",
        "RoleHolders.*",
        "ServerConsent.principal_type",
        "Subject.kind",
        "SubscribedSkus.*",
        "TeamsAccountType.value",
        "UsageLocation.country",
        "UserType.value",
    }
)
"""Fields whose texts are kept, by fact and field; * for all of a fact."""

WITH_IDS = frozenset({"Licenses", "ProductIds", "SubscribedSkus"})
"""Facts whose ids are Microsoft's as well, and kept; in a field of another fact that is kept, an id is not."""

SENTENCES = frozenset(
    {
        "ExpectedAcsResource.why",
        "ExpectedApplication.why",
        "NoAcsResource.looked",
        "NoBot.looked",
        "reason",
    }
)
"""Fields that hold sentences, in which only what names something is replaced."""


def _published(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for item in value:
            yield from _published(item)


WORDS = frozenset(
    {
        "Global",
        "config.toml",
        "28:orgid:*",
        "MsTeamsChannel",
        "msteamschannel",
        *(word for name, value in vars(well_known).items() if name.isupper() for word in _published(value)),
    }
)
"""Texts that are kept wherever they stand: ids and words that Microsoft publishes."""
