"""How long a person waits for commands that need no tenant, and for a whole demo."""

from __future__ import annotations

from benchmarks.measure import keep, loaded, seconds

SDKS = frozenset({"azure", "msgraph", "msgraph_core", "kiota_http", "kiota_abstractions", "httpx", "aiohttp", "msal"})
COMMANDS = {
    "--help": (("--help",), 0.3),
    "list": (("list",), 0.3),
    "explain": (("explain", "bot-teams-channel"), 0.3),
    "run --demo": (("run", "--demo", "--format", "terminal", "--no-progress"), 6.0),
}


def main() -> None:
    """Print the table."""
    rows = []
    print(f"{'command':<12} {'median':>8} {'goal':>6}  SDKs loaded")
    for name, (arguments, goal) in COMMANDS.items():
        taken = seconds(*arguments)
        sdks = sorted(SDKS & loaded(*arguments)) if name != "run --demo" else []
        shown = ", ".join(sdks) or ("none" if name != "run --demo" else "all, the simulated tenant included")
        print(f"{name:<12} {taken:>6.2f} s {goal:>4g} s  {shown}")
        rows.append({"command": name, "seconds": round(taken, 3), "goal": goal, "sdks": sdks})
    keep("startup", rows)


if __name__ == "__main__":
    main()
