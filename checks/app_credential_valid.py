"""The application's secret or certificate has not expired.

The service signs in with a client secret or a certificate of the bot's application. From the day on which
the last of them expires it gets no token (AADSTS7000222; AADSTS7000215 where the secret is wrong), and what
it asks of Azure Communication Services is refused with 401.

One that is good is enough, though nothing tells which one the service uses; that it expires within 30 days is
said. An application without any signs in by other means, such as a managed identity, and is not judged.

## Fix

Add a new secret, give it to the service, and remove the old one. Better: a managed identity, or a federated
credential, which do not expire.

    az ad app credential reset --id <client id> --append --years 1

In the portal: Microsoft Entra admin center > App registrations > the application > Certificates & secrets >
New client secret.
"""

from datetime import timedelta

from tpe_audit import Area, Fail, Manual, NotApplicable, Owner, Pass, Severity, Unknown, Verdict, bash
from tpe_audit.facts import (
    AppCredentials,
    Application,
    Collected,
    Consumer,
    ForeignRegistration,
    Registration,
    UnseenCredentials,
)

AREA, SEVERITY, OWNER = Area.APP, Severity.MAJOR, Owner.DEVELOPER
CODES = ("AADSTS7000222", "AADSTS7000215", "401/10009", "495/4507")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
REQUIRES = ("app-registration",)
QUESTION = "Until when is the secret or certificate good with which the service signs in?"
LINK = "https://learn.microsoft.com/graph/api/resources/passwordcredential"

SOON = timedelta(days=30)


def check(
    application: Application,
    registration: Registration | ForeignRegistration,
    credentials: AppCredentials | UnseenCredentials,
    collected: Collected,
) -> Verdict:
    if isinstance(registration, ForeignRegistration):
        return Manual(registration.words, about={"client_id": application.client_id})
    if isinstance(credentials, UnseenCredentials):
        return Unknown("The registration was read, but not its credentials.")
    if not credentials.items:
        return NotApplicable("The application has no secret and no certificate, and so none that could expire.")
    good = credentials.last(collected.at)
    if good is None:
        return Fail(
            "No secret and no certificate of the application is good now.",
            observed=", ".join(item.words for item in credentials.items),
            expected="one that is good now",
            fix=bash("az ad app credential reset --id %s --append --years 1", application.client_id),
        )
    if good.ends - collected.at <= SOON:
        days = (good.ends - collected.at).days
        return Pass(f"Warning: the last one that is good expires in {days} days. Replace it now.", good.words)
    return Pass("The application has a secret or certificate that is good.", observed=good.words)
