"""The bot's Microsoft Teams channel is on.

A call to a resource account reaches the application only if its Azure Bot has the Microsoft Teams
channel. Without it calls end with 403, subcode 10105 (Connecting Call end reason = NoPermission), or the
caller hears a busy signal.

## Fix

Add the channel. For Teams Phone extensibility the calling webhook may be any valid https address.

    az bot msteams create -n <bot> -g <resource group> --enable-calling --calling-web-hook https://<address>

In the portal: Azure Bot > Channels > Microsoft Teams > Apply. If Azure answers 400 Bad Request, the bot
was made with an application id that Microsoft reserves: see `app-not-reserved`.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict
from tpe_audit.facts import Bot, Consumer, NoTeamsChannel, TeamsChannel

AREA, SEVERITY, OWNER = Area.BOT, Severity.BLOCKER, Owner.AZURE_ADMIN
CODES = ("403/10105", "busy signal")
REQUIRES = ("bot-exists",)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-troubleshooting"
)


def check(bot: Bot, channel: TeamsChannel | NoTeamsChannel) -> Verdict:
    if isinstance(channel, NoTeamsChannel):
        return Fail(
            "The bot has no Microsoft Teams channel.",
            observed="no channel MsTeamsChannel",
            expected="a channel MsTeamsChannel, enabled",
            fix=bot.add_channel,
        )
    if not channel.enabled:
        return Fail(
            "The bot's Microsoft Teams channel is switched off.",
            observed="isEnabled is false",
            expected="isEnabled is true",
            fix=(bot.remove_channel, bot.add_channel),
        )
    return Pass("The bot's Microsoft Teams channel is on.", observed="isEnabled is true")
