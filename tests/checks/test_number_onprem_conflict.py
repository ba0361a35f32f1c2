from checks.number_onprem_conflict import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import NumberSource, NumberType, NumberTypeName

DIRECT_ROUTING = NumberType(NumberTypeName.DIRECT_ROUTING)


def test_a_number_kept_online_passes() -> None:
    assert isinstance(check(contoso.NUMBER, NumberSource("online"), DIRECT_ROUTING), Pass)


def test_one_kept_on_premises_fails() -> None:
    verdict = check(contoso.NUMBER, NumberSource("onPremises"), DIRECT_ROUTING)
    assert isinstance(verdict, Fail)
    assert "-TelephoneNumber '+15551230100' -NumberType 'DirectRouting'" in str(verdict.commands[1])


def test_no_word_on_it_decides_nothing() -> None:
    assert isinstance(check(contoso.NUMBER, NumberSource(""), DIRECT_ROUTING), Unknown)
