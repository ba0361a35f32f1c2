"""`tpe-audit new-check`: writes a skeleton check, its test and, for a check that ships, its page."""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path
from string import Template

import click

from tpe_audit import catalog
from tpe_audit.catalog import BUILT_IN, CheckFileError, load
from tpe_audit.commands.errors import NoAudit

NOTHING = "nothing was written"

CHECK = Template('''"""The resource account has a usage location.

Say here why it must hold, and which code or symptom follows where it does not.

## Fix

Say in one or two sentences how to mend it.

    Update-MgUser -UserId <account> -UsageLocation <country>

In the portal: Microsoft 365 admin center > Users > Active users > the account.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import ResourceAccount, UsageLocation

AREA, SEVERITY, OWNER = Area.ACCOUNT, Severity.MINOR, Owner.TEAMS_ADMIN
LINK = "https://learn.microsoft.com/microsoftteams/manage-resource-accounts"


def check(account: ResourceAccount, location: UsageLocation) -> Verdict:
    if not location.country:
        return Fail(
            "The resource account has no usage location.",
            observed="no usage location",
            expected="a country",
            fix=powershell("Update-MgUser -UserId %s -UsageLocation <country>", account.id),
        )
    return Pass("The resource account has a usage location.", observed=location.country)
''')

TEST = Template("""from pathlib import Path

from tpe_audit import Fail, Pass
from tpe_audit.facts import ResourceAccount, UsageLocation
from tpe_audit.testing import verdict_of

CHECK = Path(__file__).parents[1] / "$module.py"
ACCOUNT = ResourceAccount("3b2f5a1e-6c0d-4a57-8f2e-9d1c7b6a5e40", "ivr@contoso.com", "IVR")


def test_an_account_with_a_location_passes() -> None:
    assert isinstance(verdict_of(CHECK, ACCOUNT, UsageLocation("US")), Pass)


def test_an_account_without_a_location_fails_and_the_command_names_it() -> None:
    verdict = verdict_of(CHECK, ACCOUNT, UsageLocation(""))
    assert isinstance(verdict, Fail)
    assert ACCOUNT.id in str(verdict.commands[0])
""")

BUILT_IN_TEST = Template("""from checks.$module import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import UsageLocation


def test_an_account_with_a_location_passes() -> None:
    assert isinstance(check(contoso.ACCOUNT, UsageLocation("US")), Pass)


def test_an_account_without_a_location_fails_and_the_command_names_it() -> None:
    verdict = check(contoso.ACCOUNT, UsageLocation(""))
    assert isinstance(verdict, Fail)
    assert contoso.ACCOUNT.id in str(verdict.commands[0])
""")


@click.command("new-check")
@click.argument("check_id", metavar="ID")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Folder of checks of one's own.  [default: checks/ of this checkout]",
)
def command(check_id: str, folder: Path | None) -> int:
    """Write a skeleton check and its test; for a check that is to ship also its page.

    The skeleton is a whole check that works: change it into the one that you mean. Nothing is overwritten.
    """
    module = _module_name(check_id)
    root = BUILT_IN.parent
    ships = folder is None or folder.resolve() == BUILT_IN.resolve()
    if ships and not (root / "pyproject.toml").is_file():
        raise NoAudit(["this is no checkout of tpe-audit, so say where: --folder DIR"], what=NOTHING)
    place = BUILT_IN if ships else (folder or Path())
    test = (root / "tests" / "checks" if ships else place / "tests") / f"test_{module}.py"
    _write({place / f"{module}.py": CHECK, test: BUILT_IN_TEST if ships else TEST}, module)
    try:
        load(place / f"{module}.py", built_in=ships)
    except CheckFileError as error:
        raise NoAudit([f"{place / f'{module}.py'}: {error}"], what="it was written, but can't be loaded") from None
    if ships:
        from tpe_audit import docs

        docs.main([])
        click.echo(f"Wrote {docs.PAGES / f'{check_id}.md'}, and its line in {docs.PAGES / 'README.md'}")
        click.echo("Next: change them, then pytest tests/checks and python -m tpe_audit.docs")
    else:
        click.echo(f"Next: change them, then python -m pytest {test}")
        click.echo(f'An audit takes it in with paths = ["{place.as_posix()}"] under [checks] in config.toml.')
    return 0


def _module_name(check_id: str) -> str:
    """Return the name of a check's file without its ending.

    Raises:
        NoAudit: the id is none, or is taken.
    """
    module = check_id.replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", check_id) or iskeyword(module):
        allowed = "lower-case words and figures with hyphens between them, such as kiosk-number"
        raise NoAudit([f"{check_id!r} can't be the id of a check: {allowed}"], what=NOTHING)
    if taken := catalog.find().checks.get(check_id):
        raise NoAudit([f"there is a check {check_id} already: {taken.path}"], what=NOTHING)
    return module


def _write(files: dict[Path, Template], module: str) -> None:
    """Write all files, or none where one is there already.

    Raises:
        NoAudit: one is there, or can't be written.
    """
    if there := [path for path in files if path.exists()]:
        raise NoAudit([f"{path}: it is there already" for path in there], what=NOTHING)
    for path, template in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(template.substitute(module=module))
        except OSError as error:
            raise NoAudit([f"{path}: {error.strerror}"], what="not all was written") from None
        click.echo(f"Wrote {path}")
