"""Facts of applications in Microsoft Entra: where they are registered, what they sign in with and ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tpe_audit.facts.base import Fact, Kind, Subject, Thing
from tpe_audit.facts.bot import Application
from tpe_audit.shell import Command, bash, powershell


@dataclass(frozen=True, slots=True)
class ClientApplication(Thing):
    """An application that agents sign in to (`client_applications` of `[deployment.agents]`)."""

    client_id: str

    NONE: ClassVar[str] = "config.toml names no client application of the agents (client_applications)."

    @property
    def subject(self) -> Subject:
        """The client id."""
        return Subject(Kind.APPLICATION, self.client_id, self.client_id)

    def consent(self, tenant_id: str) -> Command:
        """Open the page on which an administrator consents for the whole tenant.

        https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent
        """
        page = f"https://login.microsoftonline.com/{tenant_id}/adminconsent?client_id={self.client_id}"
        return powershell("Start-Process %s", page)

    def ask_for(self, api: str, scope_id: str) -> Command:
        """Add a delegated permission to the registration (https://learn.microsoft.com/cli/azure/ad/app/permission)."""
        return bash(
            "az ad app permission add --id %s --api %s --api-permissions %s", self.client_id, api, f"{scope_id}=Scope"
        )

    def look(self) -> Command:
        """Show the registration, from within the tenant that owns it."""
        return bash("az ad app show --id %s", self.client_id)


@dataclass(frozen=True, slots=True)
class Registration(Fact):
    """An application's registration, in the tenant that owns it (Graph `application`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application, ClientApplication)

    object_id: str
    name: str
    tenant_id: str
    """The tenant that owns it."""
    audience: str
    """`signInAudience`: AzureADMyOrg is for the owning tenant alone."""


@dataclass(frozen=True, slots=True)
class NoRegistration(Fact):
    """The tenant that should own the application has no registration of it."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application, ClientApplication)
    INSTEAD_OF: ClassVar[type[Fact] | None] = Registration

    tenant_id: str


@dataclass(frozen=True, slots=True)
class ForeignRegistration(Fact):
    """The application is registered in a tenant that is not signed in to."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application, ClientApplication)
    INSTEAD_OF: ClassVar[type[Fact] | None] = Registration

    tenant_id: str
    """Empty if nothing tells which."""

    @property
    def words(self) -> str:
        """Why it can't be read, as a sentence."""
        if self.tenant_id:
            return f"The application belongs to the tenant {self.tenant_id}, which is not signed in to."
        return "None of the tenants that are signed in to has a registration of the application, or says whose it is."


@dataclass(frozen=True, slots=True)
class ManagedIdentity(Fact):
    """The application is a managed identity, which has no registration and no credentials of its own."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application, ClientApplication)
    INSTEAD_OF: ClassVar[type[Fact] | None] = Registration


@dataclass(frozen=True, slots=True)
class AppCredential:
    """A secret or certificate of an application: its dates, never its value."""

    name: str
    kind: str
    """"secret" or "certificate"."""
    starts: datetime
    ends: datetime

    @property
    def words(self) -> str:
        """What it is and until when it is good, as part of a sentence."""
        named = f" {self.name}" if self.name else ""
        return f"the {self.kind}{named} until {self.ends:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class AppCredentials(Fact):
    """The secrets and certificates of an application (`passwordCredentials`, `keyCredentials`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application, ClientApplication)

    items: tuple[AppCredential, ...]

    def last(self, now: datetime) -> AppCredential | None:
        """Return the one that is good now, and the longest; None if none is."""
        good = [item for item in self.items if item.starts <= now < item.ends]
        return max(good, key=lambda item: item.ends, default=None)


@dataclass(frozen=True, slots=True)
class UnseenCredentials(Fact):
    """There is no registration to read credentials from."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application, ClientApplication)
    INSTEAD_OF: ClassVar[type[Fact] | None] = AppCredentials


@dataclass(frozen=True, slots=True)
class RequiredScopes(Fact):
    """The delegated permissions that a registration asks for (`requiredResourceAccess`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ClientApplication,)

    scopes: tuple[tuple[str, str], ...]
    """Application id of the resource, and id of the scope, in lower case."""


@dataclass(frozen=True, slots=True)
class UnseenScopes(Fact):
    """There is no registration to read permissions from."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ClientApplication,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = RequiredScopes


@dataclass(frozen=True, slots=True)
class RedirectUris(Fact):
    """The redirect URIs of a registration's platform *Single-page application* (`spa.redirectUris`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ClientApplication,)

    uris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnseenRedirects(Fact):
    """There is no registration to read redirect URIs from."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ClientApplication,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = RedirectUris


@dataclass(frozen=True, slots=True)
class ApplicationPrincipal(Fact):
    """An application's service principal (enterprise application) in the Teams tenant."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application, ClientApplication)

    object_id: str
    enabled: bool
    """Users may sign in to it (`accountEnabled`)."""
    owner_tenant_id: str
    """Empty if it does not say."""


@dataclass(frozen=True, slots=True)
class NoApplicationPrincipal(Fact):
    """The Teams tenant has no service principal of the application."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application, ClientApplication)
    INSTEAD_OF: ClassVar[type[Fact] | None] = ApplicationPrincipal


@dataclass(frozen=True, slots=True)
class AcsConsents(Fact):
    """The scopes of *Azure Communication Services* that the Teams tenant lets a client application use."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ClientApplication,)

    tenant_wide: tuple[str, ...]
    """Consented to by an administrator, for all users."""
    personal: tuple[str, ...]
    """Consented to by or for single users only."""
