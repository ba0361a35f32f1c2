"""The bot is single-tenant, or signs in with a managed identity.

An Azure Bot says how its application signs in (`msaAppType`). Single-tenant bots must name the tenant
(`msaAppTenantId`), bots with a user-assigned managed identity that identity (`msaAppMSIResourceId`):
otherwise tokens are asked of the wrong place, and what the service asks is refused with 401 or 403.

Multi-tenant bots can't be created any more since 2025-07-31. Those that exist keep working, and pass.

## Fix

Make the bot anew as a single-tenant bot, with the same application, then add the Microsoft Teams channel.

    az bot create --app-type SingleTenant --tenant-id <tenant id> --appid <client id> -n <bot> -g <resource group>

In the portal: Azure Bot > Configuration shows the type; it can't be changed there.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict, bash
from tpe_audit.facts import Bot, BotAppType, Consumer

AREA, SEVERITY, OWNER = Area.BOT, Severity.MINOR, Owner.AZURE_ADMIN
CODES = ("400 Bad Request on adding the Teams channel", "403/7505", "8517")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
REQUIRES = ("bot-exists",)
LINK = "https://learn.microsoft.com/azure/bot-service/abs-quickstart"


def check(bot: Bot, sign_in: BotAppType) -> Verdict:
    match sign_in.kind:
        case "":
            return Unknown("The bot does not say how its application signs in (msaAppType).")
        case "MultiTenant":
            return Pass("The bot is multi-tenant: it keeps working, but none can be made anew.", observed=sign_in.kind)
        case BotAppType.MANAGED_IDENTITY:
            named, what = sign_in.managed_identity, "msaAppMSIResourceId"
        case _:
            named, what = sign_in.tenant_id, "msaAppTenantId"
    if not named:
        return Fail(
            f"The bot is of the type {sign_in.kind}, but does not name its {what}.",
            observed=f"no {what}",
            expected=f"{sign_in.kind} with {what}",
            fix=bash(
                "az bot create --app-type SingleTenant --tenant-id %s --appid %s -n %s -g %s --subscription %s",
                "<tenant id of the application>",
                bot.client_id,
                "<name of a new bot>",
                bot.resource_group,
                bot.subscription,
            ),
        )
    return Pass(f"The bot is of the type {sign_in.kind}.", observed=named)
