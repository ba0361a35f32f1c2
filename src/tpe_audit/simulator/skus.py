"""Products and service plans, as Microsoft numbers them.

Source: Microsoft Learn, "Product names and service plan identifiers for licensing". Bundles list only the
plans that matter for telephony and a few more: Microsoft 365 E5 has some eighty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Plan:
    """A service plan inside a product. `feature` is what Teams shows for it in `featureTypes`."""

    id: str
    name: str
    applies_to: str = "User"
    feature: str | None = None
    service: str = "MicrosoftCommunicationsOnline"


@dataclass(frozen=True, slots=True)
class Sku:
    """A product that a tenant buys and assigns."""

    id: str
    part_number: str
    plans: tuple[Plan, ...]


TEAMS: Final = Plan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1", feature="Teams", service="TeamspaceAPI")
PHONE: Final = Plan("4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "MCOEV", feature="PhoneSystem")
VIRTUAL_USER: Final = Plan("f47330e9-c134-43b3-9993-e7f004506889", "MCOEV_VIRTUALUSER", feature="VoiceApp")
PAY_AS_YOU_GO_CALLS: Final = Plan("156a1efe-17cd-4b03-9f17-2eb512298fb3", "MCOPSTN_PAYG_1", feature="CallingPlan")
PAY_AS_YOU_GO_SMS: Final = Plan("2b9bf4f4-ac52-42c5-8456-f70ee4924295", "MCOSMS_PAYG_1")
CREDITS: Final = Plan("505e180f-f7e0-4b65-91d4-00d670bbd18c", "MCOPSTNC", feature="CommunicationCredits")
DOMESTIC_CALLS: Final = Plan("4ed3ff63-69d7-4fb7-b984-5aec7f605ca8", "MCOPSTN1", feature="CallingPlan")
USAGE_CALLS: Final = Plan("6b340437-d6f9-4dc5-8cc2-99163f7f83d6", "MCOPSTN3", feature="CallingPlan")
AUDIO_CONFERENCING: Final = Plan("3e26ee1f-8a5f-4d52-aee2-b81ce45c8f40", "MCOMEETADV", feature="AudioConferencing")
SKYPE: Final = Plan("0feaeb32-d00e-4d66-bd5a-43b5b83db82c", "MCOSTANDARD")
EXCHANGE: Final = Plan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE", service="exchange")
SHAREPOINT: Final = Plan("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE", service="SharePoint")
SEARCH: Final = Plan(
    "94065c59-bc8e-4e8b-89e5-5138d471eaff",
    "MICROSOFT_SEARCH",
    applies_to="Company",
    service="MicrosoftSearch",
)

RESOURCE_ACCOUNT: Final = Sku("440eaaa8-b3e0-484b-a8be-62870b9ba70a", "PHONESYSTEM_VIRTUALUSER", (VIRTUAL_USER,))
PAY_AS_YOU_GO_US: Final = Sku(
    "9b196e97-5830-4c2e-adc2-1e10ebf5dee5",
    "Microsoft_Teams_Calling_Plan_pay_as_you_go_(country_zone_1_US)",
    (PAY_AS_YOU_GO_CALLS,),
)
PAY_AS_YOU_GO_ZONE_1: Final = Sku(
    "dbd31205-338e-4dec-903d-44402e305e32",
    "Microsoft_Teams_Calling_Plan_pay_as_you_go_(country_zone_1)",
    (PAY_AS_YOU_GO_CALLS, PAY_AS_YOU_GO_SMS),
)
COMMUNICATIONS_CREDITS: Final = Sku("47794cd0-f0e5-45c5-9033-2eb6b5fc84e0", "MCOPSTNC", (CREDITS,))
USAGE_CALLING_PLAN: Final = Sku("06b48c5f-01d9-4b18-9015-03b52040f51a", "MCOPSTNPP", (USAGE_CALLS,))
DOMESTIC_CALLING_PLAN: Final = Sku("0dab259f-bf13-4952-b7f8-7db8f131b28d", "MCOPSTN1", (DOMESTIC_CALLS,))
TEAMS_PHONE: Final = Sku("e43b5b99-8dfb-405f-9987-dc307f34bcbd", "MCOEV", (PHONE,))
TEAMS_ENTERPRISE: Final = Sku("7e31c0d9-9551-471d-836f-32ee72be4a01", "Microsoft_Teams_Enterprise_New", (TEAMS, SEARCH))
MICROSOFT_365_E5: Final = Sku(
    "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
    "SPE_E5",
    (TEAMS, PHONE, AUDIO_CONFERENCING, SKYPE, EXCHANGE, SHAREPOINT, SEARCH),
)
MICROSOFT_365_E5_NO_TEAMS: Final = Sku(
    "18a4bd3f-0b5b-4887-b04f-61dd0ee15f5e",
    "Microsoft_365_E5_(no_Teams)",
    (PHONE, AUDIO_CONFERENCING, SKYPE, EXCHANGE, SHAREPOINT, SEARCH),
)
DYNAMICS_CONTACT_CENTER_CHANNELS: Final = Plan(
    "2a9d72b3-1714-440f-babf-bf92bf9683d8", "DYN365_CC", service="DynamicsContactCenter"
)
DYNAMICS_VOICE: Final = Plan("f6ec6dfa-2402-468d-a455-89be11116d43", "DYN365_CS_VOICE", service="DynamicsContactCenter")
DYNAMICS_CONTACT_CENTER: Final = Sku(
    "dfb1700c-013e-4132-8bce-0d319c43a95d",
    "DYNAMICS_365_CONTACT_CENTER",
    (DYNAMICS_CONTACT_CENTER_CHANNELS, DYNAMICS_VOICE),
)
DYNAMICS_DIGITAL: Final = Plan(
    "0ef2b4e3-0a2b-450d-8c5f-a52203c40f50", "DYN365_CC_DIGITAL", service="DynamicsContactCenter"
)
DYNAMICS_CONTACT_CENTER_DIGITAL: Final = Sku(
    "59d3d0bf-df39-4b8b-8601-ea6c09a7fd66", "DYNAMICS_365_CONTACT_CENTER_DIGITAL", (DYNAMICS_DIGITAL,)
)
