import pytest

from tpe_audit.declared import Declared, declared
from tpe_audit.facts import Kind, Subject

TEXT = '''\
# The tenant.
[teams]
tenant_id = "7a1d3c52-0d4b-4f6e-9a55-3f6d1f0c2b11"

[azure]
subscriptions = [
  "9c0b7a65-1234-4321-8765-0a1b2c3d4e5f",
]
[[deployment.lines]] # sales
number = "tel:+1 555 123 0100"
account = "IVR-Sales@contoso.com"
bot = "/subscriptions/s/resourceGroups/g/providers/Microsoft.BotService/botServices/Sales-Bot"

  [[deployment.lines]]
number = "+15551230199"

[ deployment . agents ]
users = ["avery@contoso.com"]

[[waivers]]
check = "ra-department"
subject = "+15551239999"
owner = "Robin"
reason = """
[[deployment.lines]]
number = "+15551230199"
"""
expires = 2027-01-31
'''


@pytest.mark.parametrize(
    ("kind", "name", "line"),
    [
        (Kind.TENANT, "7A1D3C52-0D4B-4F6E-9A55-3F6D1F0C2B11", 2),
        (Kind.NUMBER, "+15551230100", 9),
        (Kind.NUMBER, "+15551230199", 14),
        (Kind.ACCOUNT, "ivr-sales@CONTOSO.com", 9),
        (Kind.BOT, "sales-bot", 9),
        (Kind.BOT, "another-bot", 5),
        (Kind.ACS, "another-acs", 5),
        (Kind.AGENT, "avery@contoso.com", 17),
        (Kind.AGENT, "somebody@contoso.com", 17),
        (Kind.NUMBER, "+15551239999", 2),
    ],
)
def test_a_thing_is_found_where_it_is_declared_or_where_its_like_belongs(kind: Kind, name: str, line: int) -> None:
    assert declared(TEXT, "config.toml").line(Subject(kind, name, name)) == line
    assert declared(TEXT.replace("\n", "\r\n"), "config.toml").line(Subject(kind, name, name)) == line


def test_a_thing_is_found_by_its_name_where_its_id_is_not_written() -> None:
    account = Subject(Kind.ACCOUNT, "3b2f5a1e-6c0d-4a57-8f2e-9d1c7b6a5e40", "ivr-sales@contoso.com")
    assert declared(TEXT, "config.toml").line(account) == 9


def test_where_nothing_is_declared_it_is_the_first_line() -> None:
    assert Declared().line(Subject(Kind.BOT, "a", "a")) == 1
    assert declared("", "config.toml").line(Subject(Kind.BOT, "a", "a")) == 1
    assert declared(TEXT, "config.toml").line(None) == 1


def test_what_only_looks_like_a_table_is_none() -> None:
    names = [table.name for table in declared(TEXT, "config.toml").tables]
    assert names == ["teams", "azure", "deployment.lines", "deployment.lines", "deployment.agents", "waivers"]


def test_a_file_of_thousands_of_lines_is_read_at_once() -> None:
    text = TEXT + "".join(f'[[deployment.lines]]\nnumber = "+1555{index:07}"\n' for index in range(5_000))
    assert (
        declared(text, "config.toml").line(Subject(Kind.NUMBER, "+15550004999", "")) == TEXT.count("\n") + 1 + 2 * 4_999
    )
