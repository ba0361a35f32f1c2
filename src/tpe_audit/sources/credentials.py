"""Signs in to one tenant, once for each audience."""

from __future__ import annotations

import asyncio
import re
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tpe_audit.config import PREFIX, SEPARATOR, Config, Credential
from tpe_audit.sources import kinds, remedies
from tpe_audit.sources.errors import SignInFailed
from tpe_audit.sources.kinds import AsyncCredential
from tpe_audit.sources.ledger import masked
from tpe_audit.sources.rights import Rights, rights_in

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken

RENEWED = 300
"""Seconds before its end, at which a token is asked for anew."""

_LONGEST = 400
"""Characters of an error that are shown."""
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What may stand in the header of a request (RFC 6750, 2.1)."""


class SignIn:
    """One identity in one tenant. Asks for a token once for each scope, however many need it at once.

    A sign-in that failed is not tried again: every reading that needs it learns the same reason.
    """

    def __init__(
        self, credential: AsyncCredential, tenant: str, words: str, given: Credential | None = None, owner: str = ""
    ) -> None:
        """Args: `given` is the table of config.toml that the credential was made of, and `owner` the one above it."""
        self._credential = credential
        self._client_id = given.client_id if given else ""
        self._kind = given.kind if given else ""
        self._prefix = PREFIX + SEPARATOR.join((owner.upper(), "CREDENTIAL", ""))
        self._locks: dict[tuple[object, ...], asyncio.Lock] = {}
        self._tokens: dict[tuple[object, ...], AccessToken] = {}
        self._failures: dict[tuple[str, ...], SignInFailed] = {}
        self._first: dict[tuple[str, bool], asyncio.Task[AccessToken]] = {}
        self.tenant = tenant
        self.words = words

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token, as azure-core and Kiota ask for it.

        Raises:
            SignInFailed: none was issued, or one for another tenant.
        """
        from azure.core.exceptions import AzureError

        # Not every credential keeps its tokens: that of the Azure CLI starts a process for each.
        kept_as = (scopes, bool(options.get("enable_cae")))
        async with self._locks.setdefault(kept_as, asyncio.Lock()):
            if scopes in self._failures:
                raise self._failures[scopes]
            held = self._tokens.get(kept_as)
            if held and not options.get("claims") and held.expires_on - time.time() > RENEWED:
                return held
            try:
                token = await self._credential.get_token(*scopes, **options)
                rights = rights_in(_bearer(token.token))
            except (AzureError, ValueError, OSError) as error:
                self._failures[scopes] = self._failure(_said(error))
                raise self._failures[scopes] from error
            except (TypeError, AttributeError, LookupError, RecursionError) as error:
                # MSAL stumbles over an answer that is not what a token endpoint sends.
                self._failures[scopes] = self._failure(
                    "what answered is no token endpoint: look at [endpoints] authority."
                )
                raise self._failures[scopes] from error
            if rights and rights.tenant != self.tenant.lower():
                self._failures[scopes] = self._failure(
                    f"the identity is one of the tenant {rights.tenant}, and {self.words} is {self.tenant}. Use an "
                    f"identity of {self.words}, or mend tenant_id."
                )
                raise self._failures[scopes]
            self._tokens[kept_as] = token
            return token

    def _failure(self, said: str) -> SignInFailed:
        advice = remedies.of_sign_in(
            said,
            words=self.words,
            tenant=self.tenant,
            client=self._client_id,
            prefix=self._prefix,
            kind=self._kind,
        )
        return SignInFailed(
            f"Signing in to {self.words} failed: {said}{f' {advice}' if advice else ''}",
            lacks=(f"a sign-in to {self.words} that works (docs/guides/credentials.md)",),
        )

    async def rights(self, scope: str, **options: Any) -> Rights | None:
        """Return what the token for a scope says of itself; None if it does not tell. Options as for `get_token`.

        Raises:
            SignInFailed: there is none.
        """
        return rights_in((await self.get_token(scope, **options)).token)

    async def ready(self, scope: str, ends: float, **options: Any) -> None:
        """Sign in for a scope the first time that it is asked for, for all who wait for it at once.

        Args:
            scope: the audience.
            ends: when to give up, on the event loop's clock.
            options: as for `get_token`.

        Raises:
            SignInFailed: no token was issued, or not in time.
        """
        key = (scope, bool(options.get("enable_cae")))
        if key not in self._first:
            self._first[key] = asyncio.ensure_future(self.get_token(scope, **options))
        try:
            async with asyncio.timeout_at(ends):
                await asyncio.shield(self._first[key])
        except TimeoutError:
            raise SignInFailed(f"Signing in to {self.words} took longer than all reading may.") from None

    async def close(self) -> None:
        """Close the connections behind the credential."""
        for task in self._first.values():
            task.cancel()
        await asyncio.gather(*self._first.values(), return_exceptions=True)
        await self._credential.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()


def sign_in(config: Config, credential: Credential, tenant: str, section: str, *, proxies: bool) -> SignIn:
    """Return the identity that `credential` describes, without asking for a token yet.

    Args:
        config: where to sign in.
        credential: as whom.
        tenant: the tenant's id.
        section: which one it is: teams or azure.
        proxies: honour the proxies of the environment.
    """
    words = f"the {section.title()} tenant"
    built = kinds.credential(config, credential, tenant, words, proxies=proxies)
    # What both tenants are read with is set in [teams.credential].
    owner = section if section == "azure" and config.azure.credential else "teams"
    return SignIn(built, tenant, words, credential, owner)


def _bearer(token: str) -> str:
    """Return a token that can be shown to a service.

    Raises:
        TypeError: it is none.
    """
    if not _BEARER.fullmatch(token):
        raise TypeError("no token")
    return token


def _said(error: Exception) -> str:
    """Return what an error says, as one sentence without secrets, trace ids and tabs."""
    lines = [line.strip() for line in str(error).strip().split("\n")] or [type(error).__name__]
    first = lines[0]
    attempts = [line for line in lines if line.partition(":")[0].endswith("Credential")]
    if attempts and "Attempted credentials" in str(error):
        # Of the ways that the default credential tries, one that Entra has answered matters most.
        answered = [line for line in attempts if "AADSTS" in line]
        told = answered or [_brief(line) for line in attempts]
        first = f"{remedies.NO_DEFAULT}: {'; '.join(told)}"
    # Whatever wraps it, the words of Entra begin with its code.
    whole = masked(first[max(first.find("AADSTS"), 0) if not attempts else 0 :].split(" Trace ID:")[0])
    return (whole if len(whole) <= _LONGEST or attempts else f"{whole[:_LONGEST]}…").rstrip(".") + "."


def _brief(attempt: str) -> str:
    """Return one of the default ways and the first sentence of why it did not do."""
    name, _, why = attempt.partition(": ")
    return f"{name}: {why.removeprefix(name).split('. ')[0].strip().rstrip('.')}"
