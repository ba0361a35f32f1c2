from checks.ra_license_assigned import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import Licenses


def test_the_licence_passes() -> None:
    assert isinstance(check(contoso.ACCOUNT, Licenses((contoso.VIRTUAL_USER,)), contoso.PRODUCTS), Pass)


def test_a_licence_whose_plan_is_switched_off_is_assigned_all_the_same() -> None:
    licenses = Licenses((contoso.off(contoso.VIRTUAL_USER),))
    assert isinstance(check(contoso.ACCOUNT, licenses, contoso.PRODUCTS), Pass)


def test_teams_phone_for_users_does_not_stand_in_for_it() -> None:
    verdict = check(contoso.ACCOUNT, Licenses((contoso.TEAMS_PHONE,)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "24 hours" in verdict.reason
    assert str(verdict.commands[0]) == (
        f"Set-MgUserLicense -UserId '{contoso.ACCOUNT.id}' "
        "-AddLicenses @{SkuId='<resource account>'} -RemoveLicenses @()"
    )


def test_a_product_whose_plans_could_not_be_read_may_bring_it() -> None:
    assert isinstance(check(contoso.ACCOUNT, Licenses((), ("a-product",)), contoso.PRODUCTS), Unknown)
