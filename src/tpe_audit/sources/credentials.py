"""Signs in to one tenant, by azure-identity, once for each audience."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from tpe_audit.config import Config, Credential
from tpe_audit.sources.errors import SignInFailed
from tpe_audit.sources.ledger import masked

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from azure.core.pipeline.transport import AioHttpTransport

PUBLIC_AUTHORITIES = frozenset(
    {
        "https://login.microsoftonline.com",
        "https://login.microsoftonline.us",
        "https://login.chinacloudapi.cn",
        "https://login.partner.microsoftonline.cn",
    }
)


class _AsyncCredential(Protocol):
    async def get_token(self, *scopes: str, **options: Any) -> AccessToken: ...

    async def close(self) -> None: ...


class SignIn:
    """One identity in one tenant. Asks for a token once for each scope, however many need it at once.

    A sign-in that failed is not tried again: every reading that needs it learns the same reason.
    """

    def __init__(self, credential: _AsyncCredential, tenant: str, words: str) -> None:
        self._credential = credential
        self._locks: dict[tuple[str, ...], asyncio.Lock] = {}
        self._failures: dict[tuple[str, ...], SignInFailed] = {}
        self._first: dict[str, asyncio.Task[AccessToken]] = {}
        self.tenant = tenant
        self.words = words

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token, as azure-core and Kiota ask for it.

        Raises:
            SignInFailed: none was issued.
        """
        from azure.core.exceptions import AzureError

        async with self._locks.setdefault(scopes, asyncio.Lock()):
            if scopes in self._failures:
                raise self._failures[scopes]
            try:
                return await self._credential.get_token(*scopes, **options)
            except (AzureError, ValueError, OSError) as error:
                failure = SignInFailed(
                    f"Signing in to {self.words} failed: {_first_line(error)}",
                    lacks=(f"a sign-in to {self.words} that works (docs/guides/configuration.md)",),
                )
                self._failures[scopes] = failure
                raise failure from error

    async def ready(self, scope: str, ends: float, **options: Any) -> None:
        """Sign in for a scope the first time that it is asked for, for all who wait for it at once.

        Args:
            scope: the audience.
            ends: when to give up, on the event loop's clock.
            options: as for `get_token`.

        Raises:
            SignInFailed: no token was issued, or not in time.
        """
        if scope not in self._first:
            self._first[scope] = asyncio.ensure_future(self.get_token(scope, **options))
        try:
            async with asyncio.timeout_at(ends):
                await asyncio.shield(self._first[scope])
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


class _InThread:
    """A credential of azure-identity's synchronous half: the interactive ones exist only there."""

    def __init__(self, credential: Any) -> None:
        self._credential = credential

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        options.pop("enable_cae", None)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[AccessToken] = loop.create_future()

        def settle(token: AccessToken | None, error: BaseException | None) -> None:
            if answer.done():
                return  # nobody waits any more
            if error is not None:
                answer.set_exception(error)
            elif token is not None:
                answer.set_result(token)

        def ask() -> None:
            token, failed = None, None
            try:
                token = self._credential.get_token(*scopes, **options)
            except Exception as error:
                failed = error
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(settle, token, failed)

        # A daemon, unlike those of asyncio.to_thread: who gives up does not wait for a person to answer.
        threading.Thread(target=ask, name="sign-in", daemon=True).start()
        return await answer

    async def close(self) -> None:
        self._credential.close()


def sign_in(config: Config, credential: Credential, tenant: str, words: str, *, proxies: bool) -> SignIn:
    """Return the identity that `credential` describes, without asking for a token yet."""
    return SignIn(_credential(config, credential, tenant, proxies=proxies), tenant, words)


def _credential(config: Config, credential: Credential, tenant: str, *, proxies: bool) -> _AsyncCredential:
    from azure.identity import aio

    authority = config.endpoints.authority
    network: dict[str, Any] = {
        "authority": authority,
        # Entra is asked about authorities that it does not know only to find out that it does not know them.
        "disable_instance_discovery": authority not in PUBLIC_AUTHORITIES,
        "retry_total": 2,
        "retry_backoff_max": 5,
        "connection_timeout": config.limits.request_timeout,
        "read_timeout": config.limits.request_timeout,
    }
    if config.endpoints.ca_bundle:
        network["connection_verify"] = str(config.path(config.endpoints.ca_bundle))
    synchronous = dict(network)
    if not proxies:
        network["transport"] = transport(config, proxies=False)
    client = credential.client_id or None
    built: dict[str, Callable[[], _AsyncCredential]] = {
        "default": lambda: aio.DefaultAzureCredential(
            managed_identity_client_id=client,
            additionally_allowed_tenants=[tenant],
            **_default(network, tenant),
        ),
        "azure-cli": lambda: aio.AzureCliCredential(tenant_id=tenant),
        "client-secret": lambda: aio.ClientSecretCredential(
            tenant, credential.client_id, _secret(credential), **network
        ),
        "certificate": lambda: aio.CertificateCredential(
            tenant, credential.client_id, **_certificate(config, credential), **network
        ),
        "managed-identity": lambda: aio.ManagedIdentityCredential(client_id=client),
        "workload-identity": lambda: aio.WorkloadIdentityCredential(
            tenant_id=tenant, client_id=client, **_token_file(config, credential), **network
        ),
        "browser": lambda: _interactive("InteractiveBrowserCredential", credential, tenant, synchronous),
        "device-code": lambda: _interactive("DeviceCodeCredential", credential, tenant, synchronous),
    }
    try:
        return built[credential.kind]()
    except (ValueError, TypeError, OSError) as error:
        return _Impossible(_first_line(error))


class _Impossible:
    """Stands for a credential that can't be made; the reason comes when a token is asked for."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        raise ValueError(self._reason)

    async def close(self) -> None:
        """Nothing is open."""


def transport(config: Config, *, proxies: bool) -> AioHttpTransport:
    """Return an HTTP transport that trusts the configured CA and, if `proxies`, honours the environment's proxies."""
    from azure.core.pipeline.transport import AioHttpTransport

    bundle = config.endpoints.ca_bundle
    verify: str | bool = str(config.path(bundle)) if bundle else True
    seconds = config.limits.request_timeout
    return AioHttpTransport(
        connection_verify=verify, use_env_settings=proxies, connection_timeout=seconds, read_timeout=seconds
    )


def _default(network: dict[str, Any], tenant: str) -> dict[str, Any]:
    return {**network, "workload_identity_tenant_id": tenant, "interactive_browser_tenant_id": tenant}


def _secret(credential: Credential) -> str:
    return credential.client_secret.get_secret_value() if credential.client_secret else ""


def _certificate(config: Config, credential: Credential) -> dict[str, Any]:
    password = credential.certificate_password
    path = config.path(credential.certificate_path)
    if not Path(path).is_file():
        raise ValueError(f"there is no certificate at {path}")
    return {
        "certificate_path": str(path),
        "password": password.get_secret_value() if password else None,
        "send_certificate_chain": credential.send_certificate_chain,
    }


def _token_file(config: Config, credential: Credential) -> dict[str, Any]:
    return {"token_file_path": str(config.path(credential.token_file_path))} if credential.token_file_path else {}


def _interactive(name: str, credential: Credential, tenant: str, network: dict[str, Any]) -> _InThread:
    import azure.identity

    return _InThread(getattr(azure.identity, name)(tenant_id=tenant, client_id=credential.client_id, **network))


def _first_line(error: Exception) -> str:
    return masked(str(error).strip().split("\n")[0].split(" Trace ID:")[0]).rstrip(".") + "."
