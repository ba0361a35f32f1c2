"""Calling is on in the bot's Microsoft Teams channel.

Microsoft's page on Teams Phone extensibility asks only for the Teams channel. Microsoft's guide to
calling bots, to which that page links, and the page on Microsoft Foundry voice agents ask for calling
too, with an https webhook. Where calling is off, and calls end with 403, subcode 10105, or with a busy
signal, switch it on before you look further.

The webhook is not called for Teams Phone extensibility: any valid https address will do.

## Fix

Switch calling on. By command, remove the channel and add it again; calls fail in between.

    az bot msteams delete -n <bot> -g <resource group>
    az bot msteams create -n <bot> -g <resource group> --enable-calling --calling-web-hook https://<address>

In the portal: Azure Bot > Channels > Microsoft Teams > Calling > Enable calling > Apply.
"""

from urllib.parse import urlsplit

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict
from tpe_audit.facts import Bot, ChannelCalling, Consumer

AREA, SEVERITY, OWNER = Area.BOT, Severity.MINOR, Owner.AZURE_ADMIN
CODES = ("403/10105", "busy signal")
REQUIRES = ("bot-teams-channel",)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-quickstart"

DOUBT = "Microsoft's page on Teams Phone extensibility asks only for the channel; its guide to bots, for both."


def check(bot: Bot, calling: ChannelCalling) -> Verdict:
    fix = (bot.remove_channel, bot.add_channel)
    if not calling.enabled:
        return Fail(
            f"Calling is off in the bot's Microsoft Teams channel. {DOUBT}",
            observed="enableCalling is false",
            expected="enableCalling is true",
            fix=fix,
        )
    if urlsplit(calling.webhook).scheme != "https":
        return Fail(
            f"The calling webhook is no https address. {DOUBT}",
            observed=calling.webhook or "no webhook",
            expected="any valid https address",
            fix=fix,
        )
    return Pass("Calling is on, with an https webhook.", observed=calling.webhook)
