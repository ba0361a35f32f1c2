from checks.tenant_cloud_region import check
from tests.checks import contoso
from tpe_audit import Manual, Pass
from tpe_audit.facts import Organization, ServicePlan, Sku, SubscribedSkus

WORLDWIDE = SubscribedSkus((contoso.PAYG_SKU, contoso.ACCOUNT_SKU))
TEAMS_GOV = ServicePlan("304767db-7d23-49e8-a945-4a7eb65f9f28", "TEAMS_GOV")


def test_a_tenant_of_the_worldwide_cloud_passes_and_names_its_country() -> None:
    verdict = check(contoso.TENANT, Organization("Contoso", "US"), WORLDWIDE)
    assert isinstance(verdict, Pass)
    assert "US" in verdict.observed


def test_a_tenant_that_states_no_country_passes_as_well() -> None:
    assert isinstance(check(contoso.TENANT, Organization("Contoso", ""), WORLDWIDE), Pass)


def test_a_tenant_with_licences_of_the_government_cloud_is_a_question() -> None:
    government = Sku("5", "M365_G5_GCC", "Enabled", 10, 1, (TEAMS_GOV,))
    verdict = check(contoso.TENANT, Organization("Contoso", "US"), SubscribedSkus((*WORLDWIDE.skus, government)))
    assert isinstance(verdict, Manual)
    assert "M365_G5_GCC" in verdict.reason
