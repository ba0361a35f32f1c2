"""The billing agreement: read where the identity may, of this tenant alone, and never missed where it may not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.tenant import TENANT, Evidently, Fault, audit, broken, edited, healthy, invented, reading
from tpe_audit.collectors import Question
from tpe_audit.facts import Billing, BillingAgreement, Tenant, UnknownBillingAgreement
from tpe_audit.simulator import Behaviour, Scenario
from tpe_audit.simulator.contoso import TENANT_ID
from tpe_audit.simulator.state import BillingAccount
from tpe_audit.verdicts import Status

AGREEMENT: Question = (Tenant, BillingAgreement)
PATH = "/providers/Microsoft.Billing/billingAccounts"
CUSTOMER, ENTERPRISE = "MicrosoftCustomerAgreement", "EnterpriseAgreement"


def account(agreement: str = CUSTOMER, **changes: Any) -> BillingAccount:
    readers = tuple(identity.client_id for identity in healthy().state.identities)
    return replace(BillingAccount("b1", "Contoso", agreement, TENANT_ID, readers=readers), **changes)


def billed(*accounts: BillingAccount, billing: str = "unknown") -> Scenario:
    scenario = healthy().configure("deployment.billing", billing)
    return replace(scenario, state=replace(scenario.state, billing_accounts=accounts))


async def read(scenario: Scenario, behaviour: Behaviour | None = None) -> Evidently:
    async with reading(scenario, behaviour) as reads:
        return await reads(AGREEMENT)


async def test_a_customer_agreement_is_read() -> None:
    evidence = await read(billed(account()))
    agreement = evidence.known(BillingAgreement, TENANT)
    assert (agreement.agreement, agreement.accounts, agreement.billing) == (CUSTOMER, ("Contoso",), Billing.MCA)
    [request] = evidence.behind(evidence.answer(BillingAgreement, TENANT))
    assert request.request.startswith(f"GET {PATH}")


async def test_the_tenant_is_compared_in_any_case() -> None:
    evidence = await read(billed(account(tenant_id=TENANT_ID.upper())))
    assert evidence.known(BillingAgreement, TENANT).agreement == CUSTOMER


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        ([], "shows no billing account of this tenant"),
        ([account(readers=())], "shows no billing account of this tenant"),
        ([account(tenant_id=invented("vendor"))], "shows no billing account of this tenant"),
        ([account(status="Expired")], "shows no billing account of this tenant"),
        ([account(), account(ENTERPRISE, name="b2")], f"several agreements: {ENTERPRISE}, {CUSTOMER}"),
    ],
    ids=["none", "no role", "of another tenant", "expired", "several"],
)
async def test_what_does_not_tell_is_not_known(accounts: list[BillingAccount], said: str) -> None:
    evidence = await read(billed(*accounts))
    assert said in evidence.known(UnknownBillingAgreement, TENANT).why


@pytest.mark.parametrize(
    "behaviour",
    [
        broken(Fault(PATH, status=403, body={"error": {"code": "AuthorizationFailed", "message": "No."}})),
        broken(Fault(PATH, status=404, body={"error": {"code": "NotFound", "message": "No."}})),
        edited(PATH, lambda content: content.update(value=[{"name": "b1"}])),
    ],
    ids=["refused", "not there", "malformed"],
)
async def test_an_agreement_that_cannot_be_read_leaves_the_question_to_a_person(behaviour: Behaviour) -> None:
    evidence = await read(billed(account()), behaviour)
    assert evidence.known(UnknownBillingAgreement, TENANT).why.startswith("The billing agreement was not read: ")


@pytest.mark.parametrize(
    ("declared", "agreement", "told"),
    [
        ("credits", CUSTOMER, True),
        ("mca", ENTERPRISE, True),
        ("mca", CUSTOMER, False),
        ("credits", ENTERPRISE, False),
        ("unknown", CUSTOMER, False),
    ],
)
async def test_a_declaration_that_azure_contradicts_is_told(declared: str, agreement: str, *, told: bool) -> None:
    evidence = await read(billed(account(agreement), billing=declared))
    assert [f'billing = "{declared}" and is believed' in warning for warning in evidence.gathered.warnings] == (
        [True] if told else []
    )


async def test_the_checks_use_the_agreement_that_was_read() -> None:
    report, _ = await audit(
        billed(account()).without_attestation("funding-balance"), check=("credits-license", "funding-balance")
    )
    by_check = {finding.check.id: finding for finding in report.findings}
    assert by_check["funding-balance"].status is Status.MANUAL
    assert "Azure shows the agreement" in by_check["funding-balance"].judgements[0].reason
