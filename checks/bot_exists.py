"""An Azure Bot exists for the application that the resource account is bound to.

Teams hands a call to the application of an Azure Bot. If no bot has the application's id, calls end with
403, subcode 10105 (Connecting Call end reason = NoPermission), or the caller hears a busy signal. The bot
itself is never called: it only has to be there, with the Teams channel.

## Fix

Make an Azure Bot with the application id that the account is bound to. A bot that has another id does not
serve.

    Register-AzResourceProvider -ProviderNamespace Microsoft.BotService
    New-AzBotService -ResourceGroupName <group> -Name <bot> -ApplicationId <app id> -Location global -Sku S1

In the portal: Create a resource > Azure Bot > Type of App > Use existing app registration.

A bot in a subscription that could not be seen is not taken for absent: name its ARM id as `bot` of the
line in config.toml, or grant *Reader* on its subscription.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import Bot, Consumer, NoBot

AREA, SEVERITY, OWNER = Area.BOT, Severity.BLOCKER, Owner.AZURE_ADMIN
CODES = ("403/10105", "busy signal")
REQUIRES = ("app-not-reserved",)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-quickstart"


def check(bot: Bot) -> Verdict:
    return Pass(f"The bot {bot.name} is of this application.", observed=bot.client_id)


def absent(bot: NoBot) -> Verdict:
    return Fail(
        f"No Azure Bot has this application id; looked for it in {bot.looked}.",
        observed="no bot",
        expected=f"an Azure Bot with the application id {bot.client_id}",
        fix=(
            powershell("Register-AzResourceProvider -ProviderNamespace Microsoft.BotService"),
            powershell(
                "New-AzBotService -ResourceGroupName %s -Name %s -ApplicationId %s -Location global -Sku S1",
                "<resource group>",
                "<name of the bot>",
                bot.client_id,
            ),
        ),
    )
