from dataclasses import replace
from datetime import timedelta

from checks.app_credential_valid import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, NotApplicable, Pass, Verdict
from tpe_audit.facts import AppCredential, AppCredentials, Collected, ForeignRegistration, UnseenCredentials

EXPIRED = replace(contoso.SECRET, ends=contoso.NOW - timedelta(days=1))
CERTIFICATE = replace(contoso.SECRET, kind="certificate")
SOON = replace(contoso.SECRET, ends=contoso.NOW + timedelta(days=29, hours=5))


def verdict_on(*credentials: AppCredential) -> Verdict:
    return check(contoso.APPLICATION, contoso.REGISTRATION, AppCredentials(credentials), Collected(contoso.NOW))


def test_a_secret_that_is_good_passes_without_a_warning() -> None:
    verdict = verdict_on(contoso.SECRET)
    assert isinstance(verdict, Pass)
    assert "Warning" not in verdict.reason


def test_one_good_certificate_among_expired_secrets_is_enough() -> None:
    assert isinstance(verdict_on(EXPIRED, CERTIFICATE), Pass)


def test_one_that_expires_within_30_days_passes_with_a_warning() -> None:
    verdict = verdict_on(SOON)
    assert isinstance(verdict, Pass)
    assert "Warning" in verdict.reason
    assert "29 days" in verdict.reason


def test_one_that_expires_soon_beside_one_that_lasts_needs_no_warning() -> None:
    verdict = verdict_on(SOON, contoso.SECRET)
    assert isinstance(verdict, Pass)
    assert "Warning" not in verdict.reason


def test_where_all_have_expired_it_fails_and_says_when() -> None:
    verdict = verdict_on(EXPIRED)
    assert isinstance(verdict, Fail)
    assert "2026-11-21" in verdict.observed


def test_one_that_expires_at_this_very_moment_is_no_longer_good() -> None:
    assert isinstance(verdict_on(replace(contoso.SECRET, ends=contoso.NOW)), Fail)


def test_one_that_is_not_good_yet_is_not_good() -> None:
    assert isinstance(verdict_on(replace(contoso.SECRET, starts=contoso.NOW + timedelta(days=1))), Fail)


def test_an_application_without_any_signs_in_by_other_means() -> None:
    assert isinstance(verdict_on(), NotApplicable)


def test_an_application_of_a_third_tenant_is_a_question() -> None:
    foreign = ForeignRegistration(contoso.OTHER_ID)
    assert isinstance(check(contoso.APPLICATION, foreign, UnseenCredentials(), Collected(contoso.NOW)), Manual)
