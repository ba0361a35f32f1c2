"""No pattern of blocked callers keeps legitimate callers out.

A tenant can reject calls from the public network by patterns on the caller's number. A pattern that matches
too much keeps callers out: their calls never reach the application. A pattern may also send callers to
another resource account instead of rejecting them; for Calling Plan calls it rejects them all the same.

A pattern that matches every caller of the area of one of your own numbers is a fault. Whether a narrower one
matches somebody you want to hear from, only a person can say.

## Fix

Switch the pattern off, make it narrower, or exempt the callers.

    Set-CsInboundBlockedNumberPattern -Identity <name> -Enabled $false
    New-CsInboundExemptNumberPattern -Identity <name> -Pattern <pattern> -Enabled $true

What happens to one caller is shown by `Test-CsInboundBlockedNumberPattern -PhoneNumber <+number>`.
"""

from tpe_audit import Area, Fail, Manual, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import BlockedCallers, CallerBlocking, Direction, ExemptCallers, PhoneNumber, Tenant

AREA, SEVERITY, OWNER = Area.PSTN, Severity.MAJOR, Owner.TEAMS_ADMIN
CODES = ("calls of some callers only fail", "busy signal")
QUESTION = "Do the patterns of blocked callers match only callers whom you do not want to hear from?"
DIRECTIONS = (Direction.INBOUND,)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/get-csinboundblockednumberpattern"


def check(
    tenant: Tenant,
    blocking: CallerBlocking,
    blocked: BlockedCallers,
    exempt: ExemptCallers,
    numbers: tuple[PhoneNumber, ...],
) -> Verdict:
    if not blocking.enabled or not blocked.on:
        return Pass("No caller is blocked.", observed="blocking is off" if not blocking.enabled else "no pattern")
    if wide := blocked.of_the_area((number.number for number in numbers), exempt):
        told = "; ".join(f"{pattern.name} ({pattern.pattern}) matches all of {area}…" for pattern, area in wide)
        return Fail(
            "Callers of the area of your own numbers are blocked or sent elsewhere.",
            observed=told,
            expected="no pattern that matches legitimate callers",
            fix=tuple(
                powershell("Set-CsInboundBlockedNumberPattern -Identity %s -Enabled $false", pattern.name)
                for pattern, _ in wide
            ),
        )
    patterns = ", ".join(f"{pattern.name} ({pattern.pattern})" for pattern in blocked.on)
    return Manual(
        f"Some callers are blocked or sent elsewhere. Look whether you want that: {patterns}.", {"patterns": patterns}
    )
