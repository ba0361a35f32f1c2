"""`tpe-audit permissions`: the least rights that the chosen checks need, and scripts that grant them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import click

from tpe_audit.catalog import Profile
from tpe_audit.commands import options
from tpe_audit.commands.asked import config_file
from tpe_audit.commands.errors import NoAudit, unknown_check
from tpe_audit.commands.needs import Narrowing, Need, needs, of_kind, roles_of_a_person
from tpe_audit.commands.stdout import print_json, print_out
from tpe_audit.commands.stdout import width as terminal_width
from tpe_audit.config import Config, ConfigError, without_credentials
from tpe_audit.formats.text import counted
from tpe_audit.plugins import Plugged, plugged
from tpe_audit.rights import RightKind

SCHEMA = "tpe-audit/permissions/1"
NOTHING = "no rights were told"


@click.command("permissions")
@options.config
@options.check
@options.area
@click.option("--profile", type=click.Choice([x.value for x in Profile]), help="Only checks of this profile.")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), help="How to tell.  [default: terminal]")
@click.option(
    "--script",
    is_flag=False,
    flag_value="grants",
    type=click.Choice(["graph", "azure", "teams-export", "grants"]),
    metavar="[graph|azure|teams-export]",
    help="Print the script that grants the rights in Microsoft Graph or Azure, without a name both, or the one that "
    "exports Teams PowerShell.",
)
def command(
    config: Path | None,
    check: tuple[str, ...],
    area: tuple[str, ...],
    profile: str | None,
    form: str | None,
    script: str | None,
) -> int:
    """Tell the least rights that the checks need, and which check and fact needs each.

    All checks; where there is a config.toml, those that its deployment and sources leave. A check that is named with
    --check is always told. Nothing is signed in to, and nothing is granted: --script prints commands for you to run.

    For example: tpe-audit permissions --script graph > grant-graph.ps1
    """
    from tpe_audit.commands import grants

    if script and form:
        raise click.UsageError("--script prints a script, so --format does not go with it.")
    if script == "teams-export":
        _script(grants.teams_export())
        return 0
    settings = _configured(config)
    found = plugged([settings.path(path) for path in settings.checks.paths] if settings else [])
    narrowing = Narrowing(None if check else settings, Profile(profile) if profile else None)
    checks = _chosen(found, check, area, narrowing)
    needed = needs([found.catalog.checks[name] for name in checks], found.table, narrowing)
    if script:
        printed = {"graph": grants.graph, "azure": grants.azure, "grants": grants.both}[script]
        _script(printed(needed, settings))
    elif form == "json":
        print_json(_data(checks, needed))
    else:
        print_out(_text(checks, needed, narrowed=narrowing.config is not None))
    if found.catalog.unloadable:
        raise NoAudit([str(file) for file in found.catalog.unloadable], what="some check files could not be loaded")
    return 0


def _configured(path: Path | None) -> Config | None:
    """Return the configuration, whether or not it has its secrets; None: there is none.

    Raises:
        NoAudit: it can't be used.
    """
    path = config_file(path)
    try:
        return without_credentials(path) if path else None
    except ConfigError as error:
        raise NoAudit(error.problems, what=NOTHING) from None


def _chosen(found: Plugged, names: Sequence[str], areas: Sequence[str], narrowing: Narrowing) -> list[str]:
    """Return the ids of the chosen checks.

    Raises:
        NoAudit: an id is unknown, or no check is left.
    """
    known = found.catalog.checks
    if unknown := [name for name in names if name not in known]:
        raise NoAudit([unknown_check(name, known) for name in unknown], what=NOTHING)
    skipped = narrowing.config.checks.skip if narrowing.config else []
    left = [
        check.id
        for check in known.values()
        if (not names or check.id in names)
        and (not areas or check.area in areas)
        and check.id not in skipped
        and not narrowing.spares(check)
    ]
    if not left:
        raise NoAudit(["the selection hits no check; tpe-audit list shows them all"], what=NOTHING)
    return left


def _script(text: str) -> None:
    # As bytes: a script is the same on every system, whatever its line ends and encoding are.
    print_out(text.rstrip())


def _data(checks: Sequence[str], needed: Sequence[Need]) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "checks": list(checks),
        "rights": [
            {
                **need.right.described,
                "also_in_azure_tenant": need.in_azure_tenant,
                "needed_by": [{"check": check, "facts": facts} for check, facts in need.facts.items()],
            }
            for need in needed
        ],
        "person_needs": list(roles_of_a_person(needed)),
    }


_SECTIONS = {
    RightKind.GRAPH: (
        "Permissions of Microsoft Graph, with admin consent, in the Teams tenant",
        "Application permissions for an application; delegated permissions of the same names where a person signs in.",
        "tpe-audit permissions --script graph",
    ),
    RightKind.AZURE_ROLE: (
        "Roles of Azure, for the same identity",
        "",
        "tpe-audit permissions --script azure",
    ),
    RightKind.ENTRA_ROLE: (
        "Entra roles, for whoever runs Teams PowerShell",
        "Microsoft's page on the federation cmdlet names Teams administrators only, so a reader may be refused there.",
        "tpe-audit permissions --script teams-export",
    ),
    RightKind.DATAVERSE_ROLE: ("Roles in the Dynamics 365 environment, for the application as a user of it", "", ""),
    RightKind.OTHER: ("Other rights, which checks of your own name", "", ""),
}


def _text(checks: Sequence[str], needed: Sequence[Need], *, narrowed: bool) -> str:
    width = min(terminal_width(), 120)
    which = ", as the configuration narrows them" if narrowed else ""
    head = f"The least rights for {counted(len(checks), 'check')}{which}. All of them are for reading."
    lines = [*textwrap.wrap(head, width)]
    if not needed:
        lines += ["", "They need none: nothing is asked of a service."]
    for kind, (title, note, script) in _SECTIONS.items():
        if there := of_kind(needed, kind):
            lines += ["", *textwrap.wrap(title.upper(), width), *_wrapped(note, width, 2)]
            lines += [f"  $ {script}"] if script else []
            lines += [line for need in there for line in _need(need, width, len(checks))]
    if roles := roles_of_a_person(needed):
        note = f"Where a person signs in, that person also needs the Entra role {' and '.join(roles)}."
        lines += ["", *_wrapped(note, width, 0)]
    return "\n".join(lines)


def _need(need: Need, width: int, checks: int) -> list[str]:
    right = need.right
    gives = f": {right.gives}" if right.gives else ""
    lines = ["", *_wrapped(f"{right.words}{gives}", width, 2)]
    if need.in_azure_tenant:
        lines += _wrapped("also in the Azure tenant, where that is another one", width, 4)
    facts = sorted({fact for names in need.facts.values() for fact in names})
    many = f"all {checks} checks" if len(need.facts) == checks > 1 else ", ".join(need.facts)
    return [*lines, *_hanging("reads ", ", ".join(facts), width), *_hanging("for   ", many, width)]


def _wrapped(text: str, width: int, indent: int) -> list[str]:
    return _fill(text, width, " " * indent, " " * indent)


def _hanging(label: str, text: str, width: int) -> list[str]:
    return _fill(text, width, f"    {label}", " " * (4 + len(label)))


def _fill(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
