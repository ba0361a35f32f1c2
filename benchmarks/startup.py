"""How long a person waits for commands that need no tenant, and for a whole demo."""

from __future__ import annotations

from benchmarks.measure import Table, loaded, seconds

SDKS = frozenset({"azure", "msgraph", "msgraph_core", "kiota_http", "kiota_abstractions", "httpx", "aiohttp", "msal"})
COMMANDS = {
    "--help": (("--help",), 0.3),
    "list": (("list",), 0.3),
    "explain": (("explain", "bot-teams-channel"), 0.3),
    "run --demo": (("run", "--demo", "--format", "terminal", "--no-progress"), 6.0),
}


def measure() -> Table:
    """Run each command several times."""
    rows = []
    for name, (arguments, goal) in COMMANDS.items():
        taken = seconds(*arguments)
        sdks = len(SDKS & loaded(*arguments))
        rows.append((name, round(taken, 3), goal, sdks))
    return Table("Start-up", ("command", "seconds", "goal", "SDKs loaded"), tuple(rows))
