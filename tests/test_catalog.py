"""The contract of checks/README.md: what ships keeps it, and what does not is named, never skipped."""

import ast
import sys
import textwrap
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tpe_audit import Area, Owner, Severity, docs
from tpe_audit.catalog import BUILT_IN, Catalog, Check, CheckFileError, find, load
from tpe_audit.facts import Agent, PhoneNumber, ResourceAccount, Tenant

ROOT = BUILT_IN.parent
CATALOG = find()
FILES = sorted(BUILT_IN.glob("*.py"))
LONGEST = 76
"""Lines of a check file: half of it its page."""


@pytest.fixture(params=CATALOG.checks.values(), ids=list(CATALOG.checks))
def shipped(request: pytest.FixtureRequest) -> Check:
    check = request.param
    assert isinstance(check, Check)
    return check


# What ships


def test_every_file_that_ships_is_a_check() -> None:
    assert CATALOG.unloadable == ()
    assert {check.path for check in CATALOG.checks.values()} == set(FILES)


def test_a_check_keeps_the_contract(shipped: Check) -> None:
    assert shipped.id == shipped.path.stem.replace("_", "-")
    assert shipped.title
    assert "\n" not in shipped.title
    assert "## Fix" in shipped.body
    assert shipped.fix_summary.endswith(".")
    assert isinstance(shipped.area, Area)
    assert isinstance(shipped.severity, Severity)
    assert isinstance(shipped.owner, Owner)
    assert urlsplit(shipped.link).hostname == "learn.microsoft.com"
    assert set(shipped.requires) <= CATALOG.checks.keys() - {shipped.id}


def test_a_check_has_a_test_and_a_page_of_its_name(shipped: Check) -> None:
    assert (ROOT / "tests" / "checks" / f"test_{shipped.path.name}").is_file()
    assert (ROOT / "docs" / "checks" / f"{shipped.id}.md").is_file()


def test_a_check_that_may_ask_a_person_says_what_it_asks(shipped: Check) -> None:
    asks = "Manual" in names(shipped.path)
    assert bool(shipped.question) is asks
    assert not asks or shipped.question.endswith("?")


def names(path: Path) -> set[str]:
    return {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_a_check_imports_the_ground_and_the_standard_library_alone(shipped: Check) -> None:
    modules: set[str] = set()
    for node in ast.walk(tree(shipped.path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            modules.add(node.module or "")
        elif isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
    ground = {"tpe_audit", "tpe_audit.facts", "tpe_audit.facts.well_known"}
    assert {module for module in modules - ground if module.split(".")[0] not in sys.stdlib_module_names} == set()


def test_a_check_is_short(shipped: Check) -> None:
    assert len(shipped.path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_every_cause_stands_before_its_effects() -> None:
    order = list(CATALOG.checks)
    for check in CATALOG.checks.values():
        assert all(order.index(cause) < order.index(check.id) for cause in check.requires)
        assert all(CATALOG.levels[cause] < CATALOG.levels[check.id] for cause in check.requires)


def test_the_pages_in_docs_are_those_of_the_checks() -> None:
    assert docs.main(["--check"]) == 0


def test_a_stale_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("old", encoding="utf-8")
    (tmp_path / "gone.md").write_text("", encoding="utf-8")
    assert docs.stale({"a.md": "new", "b.md": "new"}, tmp_path) == ["a.md", "b.md", "gone.md"]


def test_a_page_says_all_that_the_check_says_of_itself() -> None:
    check = CATALOG.checks["payg-assigned"]
    page = docs.page(check, {})
    for part in (check.title, check.id, check.owner, *check.codes, check.body, check.link, *check.requires):
        assert part in page
    assert "Calling Plan numbers, outbound calls" in page


def test_the_index_names_every_check() -> None:
    index = docs.index(CATALOG.checks.values())
    assert all(f"[{name}]({name}.md)" in index for name in CATALOG.checks)


# What a catalogue is asked


def test_the_closure_of_a_check_is_all_that_it_rests_on_in_order_of_cause() -> None:
    ids = [check.id for check in CATALOG.closure(["bot-calling-enabled"])]
    assert ids == ["app-not-reserved", "bot-exists", "bot-teams-channel", "bot-calling-enabled"]


def test_a_check_knows_what_it_judges_and_reads() -> None:
    check = CATALOG.checks["agent-enterprise-voice"]
    assert check.judges is Agent
    assert (Agent, Agent) in check.wants


def test_a_check_of_one_kind_of_number_reads_the_kind() -> None:
    assert PhoneNumber in CATALOG.checks["payg-assigned"].reads


def test_the_tenant_is_known_without_reading() -> None:
    wants = CATALOG.checks["server-consent"].wants
    assert (ResourceAccount, Tenant) not in wants
    assert (Tenant, Tenant) not in wants


# Files of other people

GOOD = '''
"""Something holds."""
from tpe_audit import Area, Fail, NotApplicable, Owner, Pass, Severity, Verdict
from tpe_audit.facts import *
AREA, SEVERITY, OWNER = Area.TENANT, Severity.MAJOR, Owner.TEAMS_ADMIN
LINK = "https://learn.microsoft.com/"

def check(tenant: Tenant) -> Verdict:
    return Pass("It holds.")
'''.lstrip()


def found(folder: Path, **files: str) -> Catalog:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return find([folder])


def test_a_check_in_a_folder_of_ones_own_stands_beside_those_that_ship(tmp_path: Path) -> None:
    catalog = found(tmp_path, our_own=GOOD)
    assert catalog.unloadable == ()
    assert catalog.checks["our-own"].built_in is False


def test_files_that_begin_with_an_underscore_are_no_checks(tmp_path: Path) -> None:
    catalog = found(tmp_path, __init__="", _words="1 / 0")
    assert catalog.unloadable == ()


BROKEN = {
    "a slip of the pen": (GOOD + "\ndef (:\n", "line 10: SyntaxError"),
    "an error on loading": (GOOD + "\n1 / 0\n", "line 10: ZeroDivisionError"),
    "an exit on loading": (GOOD + "\nraise SystemExit(0)\n", "line 10: SystemExit"),
    "a fact that does not exist": (
        GOOD.replace("import *", "import Nothing, Tenant"),
        "line 3: ImportError: cannot import name 'Nothing'",
    ),
    "no docstring": (GOOD.replace('"""Something holds."""', ""), "line 1: the first docstring line"),
    "a title without a full stop": (GOOD.replace("holds.", "holds"), "line 1: the first docstring line"),
    "no function": (GOOD.replace("def check", "def test"), "it defines no function check()"),
    "check that is no function": (GOOD + "\ncheck = 5\n", "check is no function"),
    "no severity": (GOOD.replace("SEVERITY, ", "").replace("Severity.MAJOR, ", ""), "it has no SEVERITY"),
    "an unknown area": (GOOD.replace("Area.TENANT", '"moon"'), "AREA = 'moon' is none of tenant, app"),
    "an unknown owner": (GOOD.replace("Owner.TEAMS_ADMIN", '"me"'), "OWNER = 'me' is none of"),
    "a link without https": (GOOD.replace("https://", "http://"), "it has no LINK"),
    "a parameter without a type": (
        GOOD.replace("tenant: Tenant", "tenant"),
        "check(): the parameter tenant has no type",
    ),
    "a parameter of an unknown type": (
        GOOD.replace("tenant: Tenant", 'tenant: "Moon"'),
        "check(): NameError",
    ),
    "a parameter that is no fact": (GOOD.replace("tenant: Tenant", "tenant: str"), "which is no fact"),
    "an empty tuple": (GOOD.replace("tenant: Tenant", "tenant: Tenant, more: tuple[()]"), "which is no fact"),
    "no parameter": (GOOD.replace("tenant: Tenant", ""), "it asks for no fact"),
    "a first parameter that is not one thing": (
        GOOD.replace("tenant: Tenant", "calling: ChannelCalling"),
        "is not one thing to judge",
    ),
    "answers to different questions": (
        GOOD.replace("tenant: Tenant", "tenant: Tenant, either: Bot | Agent"),
        "are answers to different questions",
    ),
    "a fact of something unrelated": (
        GOOD.replace("tenant: Tenant", "agent: Agent, channel: TeamsChannel"),
        "TeamsChannel can't be reached from Agent",
    ),
    "codes that are no tuple": (GOOD + '\nCODES = "403"\n', "CODES must be a tuple of strings"),
    "an unknown consumer": (GOOD + '\nCONSUMERS = ("me",)\n', "CONSUMERS: 'me'"),
    "a question that is no text": (GOOD + "\nQUESTION = True\n", "QUESTION must be a text"),
    "applies that is no function": (GOOD + "\napplies = True\n", "applies is no function"),
    "absent without a type": (GOOD + "\ndef absent(thing): ...\n", "absent(): it takes one parameter"),
    "absent of an unknown type": (GOOD + '\ndef absent(thing: "Moon"): ...\n', "absent(): NameError"),
    "a prerequisite that does not exist": (GOOD + '\nREQUIRES = ("moon",)\n', "could be loaded: moon"),
    "a prerequisite that is itself": (GOOD + '\nREQUIRES = ("broken",)\n', "REQUIRES runs in a circle"),
}


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named_and_stops_no_other(text: str, reason: str, tmp_path: Path) -> None:
    catalog = found(tmp_path, broken=text, fine=GOOD)
    assert catalog.checks.keys() == CATALOG.checks.keys() | {"fine"}
    (broken,) = catalog.unloadable
    assert broken.path == tmp_path / "broken.py"
    assert reason in broken.reason
    assert str(tmp_path / "broken.py") in str(broken)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_bytes(b"\x00\xff\xfe")
    assert [file.path.name for file in find([tmp_path]).unloadable] == ["broken.py"]


def test_an_id_that_is_taken_is_named_and_the_first_check_stays(tmp_path: Path) -> None:
    catalog = found(tmp_path, bot_exists=GOOD)
    assert catalog.checks["bot-exists"].built_in
    assert "the id bot-exists is taken by" in catalog.unloadable[0].reason


def test_checks_that_rest_on_each_other_are_both_named(tmp_path: Path) -> None:
    catalog = found(tmp_path, one=GOOD + '\nREQUIRES = ("two",)\n', two=GOOD + '\nREQUIRES = ("one",)\n')
    assert sorted(file.path.name for file in catalog.unloadable) == ["one.py", "two.py"]
    assert catalog.checks.keys() == CATALOG.checks.keys()


def test_what_rests_on_a_broken_check_is_named_too(tmp_path: Path) -> None:
    catalog = found(tmp_path, one="1 / 0", two=GOOD + '\nREQUIRES = ("one",)\n')
    assert [file.path.name for file in catalog.unloadable] == ["one.py", "two.py"]


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    (missing,) = find([tmp_path / "nowhere"]).unloadable
    assert str(missing) == f"{tmp_path / 'nowhere'}: there is no such folder of checks"


def test_loading_one_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "empty.py"
    path.write_text(textwrap.dedent('"""Nothing."""'), encoding="utf-8")
    with pytest.raises(CheckFileError, match=r"no function check\(\)"):
        load(path)
