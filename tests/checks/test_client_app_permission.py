from checks.client_app_permission import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, Pass, Unknown
from tpe_audit.facts import (
    AcsScopes,
    ForeignRegistration,
    NoRegistration,
    RequiredScopes,
    UnseenScopes,
)

ACS_ID = "1fd5118e-2576-4263-8130-9503064c837a"
OFFERED = AcsScopes((("TeamsExtension.ManageCalls", contoso.SCOPE_ID), ("Teams.ManageCalls", contoso.OTHER_ID)))


def test_a_registration_that_asks_for_the_tenants_own_id_of_the_scope_passes() -> None:
    required = RequiredScopes(((ACS_ID, contoso.OTHER_ID), (ACS_ID, contoso.SCOPE_ID)))
    assert isinstance(check(contoso.CLIENT, contoso.REGISTRATION, required, OFFERED), Pass)


def test_the_scope_of_the_teams_persona_does_not_serve() -> None:
    verdict = check(contoso.CLIENT, contoso.REGISTRATION, RequiredScopes(((ACS_ID, contoso.OTHER_ID),)), OFFERED)
    assert isinstance(verdict, Fail)
    assert f"{contoso.SCOPE_ID}=Scope" in str(verdict.commands[0])


def test_the_same_id_of_another_resource_does_not_serve() -> None:
    required = RequiredScopes(((contoso.OTHER_ID, contoso.SCOPE_ID),))
    assert isinstance(check(contoso.CLIENT, contoso.REGISTRATION, required, OFFERED), Fail)


def test_no_registration_fails() -> None:
    gone = NoRegistration(contoso.TENANT.id)
    assert isinstance(check(contoso.CLIENT, gone, UnseenScopes(), OFFERED), Fail)


def test_a_registration_of_a_third_tenant_is_a_question() -> None:
    foreign = ForeignRegistration(contoso.OTHER_ID)
    assert isinstance(check(contoso.CLIENT, foreign, UnseenScopes(), OFFERED), Manual)


def test_where_the_tenant_offers_no_such_scope_nothing_is_said() -> None:
    assert isinstance(check(contoso.CLIENT, contoso.REGISTRATION, RequiredScopes(()), AcsScopes(())), Unknown)
