"""Makes the credential of azure-identity that each kind in config.toml stands for.

https://learn.microsoft.com/python/api/overview/azure/identity-readme
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from tpe_audit.config import CLOUDS, Config, Credential
from tpe_audit.sources import github
from tpe_audit.sources.trusting import trusting

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from azure.core.pipeline.transport import AioHttpTransport

_AZ_TRUST = "REQUESTS_CA_BUNDLE"
"""The variable that the Azure CLI takes its CA from (https://learn.microsoft.com/cli/azure/use-azure-cli-successfully-troubleshooting)."""

_NEAR = 2.0
"""Seconds for a connection to an endpoint on this machine."""


class AsyncCredential(Protocol):
    """What azure-identity's credentials are to us."""

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token."""

    async def close(self) -> None:
        """Close the connections."""


class InThread:
    """A credential of azure-identity's synchronous half: the interactive ones exist only there.

    One token after another: a person signs in once, and what that gave serves for the other audiences.
    """

    def __init__(self, credential: Any) -> None:
        self._credential = credential
        self._turn = threading.Lock()

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token, without holding up anybody else meanwhile."""
        # Tokens with continuous access evaluation are kept apart: a person would have to sign in for each kind.
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
                with self._turn:
                    token = self._credential.get_token(*scopes, **options)
            except Exception as error:
                failed = error
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(settle, token, failed)

        # A daemon, unlike those of asyncio.to_thread: who gives up does not wait for a person to answer.
        threading.Thread(target=ask, name="sign-in", daemon=True).start()
        return await answer

    async def close(self) -> None:
        """Close the connections."""
        self._credential.close()


class _InTenant:
    """A credential that would sign in to a tenant of its own choice, if it were not told which."""

    def __init__(self, credential: AsyncCredential, tenant: str) -> None:
        self._credential = credential
        self._tenant = tenant

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return await self._credential.get_token(*scopes, **{**options, "tenant_id": self._tenant})

    async def close(self) -> None:
        await self._credential.close()


class _Impossible:
    """Stands for a credential that can't be made; the reason comes when a token is asked for."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        raise ValueError(self._reason)

    async def close(self) -> None:
        """Nothing is open."""


def credential(config: Config, given: Credential, tenant: str, words: str, *, proxies: bool) -> AsyncCredential:
    """Return the credential that a table of config.toml describes. One that can't be made says why when it is asked.

    Args:
        config: where to sign in, and how long to wait.
        given: the table.
        tenant: where to sign in to.
        words: what that tenant is called.
        proxies: honour the proxies of the environment.
    """
    try:
        return _Maker(config, given, tenant, words, proxies=proxies).make()
    except (ValueError, TypeError, OSError) as error:
        return _Impossible(str(error))


class _Maker:
    """Makes the credential of one tenant."""

    def __init__(self, config: Config, given: Credential, tenant: str, words: str, *, proxies: bool) -> None:
        self._config = config
        self._given = given
        self._tenant = tenant
        self._words = words
        self._proxies = proxies

    def make(self) -> AsyncCredential:
        """Return the credential.

        Raises:
            ValueError: it can't be made of this.
        """
        kinds: dict[str, Callable[[], AsyncCredential]] = {
            "default": self._default,
            "azure-cli": self._azure_cli,
            "browser": self._browser,
            "device-code": self._device_code,
            "client-secret": self._client_secret,
            "certificate": self._certificate,
            "managed-identity": self._managed_identity,
            "workload-identity": self._workload_identity,
        }
        return kinds[self._given.kind]()

    def _network(self, *, synchronous: bool = False) -> dict[str, Any]:
        """Return what every credential is told of where Entra is and how it is reached."""
        authority = self._config.endpoints.authority
        bundle = self._config.endpoints.ca_bundle
        network: dict[str, Any] = {
            "authority": authority,
            # Entra is asked about authorities that it does not know only to find out that it does not know them.
            "disable_instance_discovery": authority not in {cloud["authority"] for cloud in CLOUDS.values()},
            "retry_total": 2,
            "retry_backoff_max": 5,
            "connection_timeout": self._config.limits.request_timeout,
            "read_timeout": self._config.limits.request_timeout,
        }
        if bundle:
            network["connection_verify"] = str(self._config.path(bundle))
        if not self._proxies:
            network["transport"] = _synchronous(self._config) if synchronous else transport(self._config, proxies=False)
        return network

    def _default(self) -> AsyncCredential:
        from azure.identity.aio import DefaultAzureCredential

        chain = DefaultAzureCredential(
            managed_identity_client_id=self._given.client_id or None,
            workload_identity_tenant_id=self._tenant,
            additionally_allowed_tenants=[self._tenant],
            **self._network(),
        )
        return _InTenant(chain, self._tenant)

    def _azure_cli(self) -> AsyncCredential:
        from azure.identity.aio import AzureCliCredential

        seconds = max(10, round(self._config.limits.request_timeout))
        return AzureCliCredential(tenant_id=self._tenant, process_timeout=seconds)

    def _browser(self) -> AsyncCredential:
        from azure.identity import InteractiveBrowserCredential

        return self._of_a_person(InteractiveBrowserCredential)

    def _device_code(self) -> AsyncCredential:
        from azure.identity import DeviceCodeCredential

        return self._of_a_person(partial(DeviceCodeCredential, prompt_callback=self._prompt))

    def _prompt(self, url: str, code: str, ends: datetime) -> None:
        until = ends.astimezone().strftime("%H:%M")
        _tell(f"To sign in to {self._words} ({self._tenant}), open {url} and enter the code {code}, until {until}.")

    def _of_a_person(self, kind: Callable[..., Any]) -> AsyncCredential:
        from tpe_audit.sources.remembered import Remembering, store

        options = {
            "tenant_id": self._tenant,
            "client_id": self._given.client_id,
            **self._network(synchronous=True),
        }
        if not self._given.remember:
            return InThread(kind(**options))
        cache = store()
        if cache is None:
            _tell("This machine has no store that encrypts, so the sign-in is not kept for the next run.")
            return InThread(kind(**options))
        keeping = partial(kind, cache_persistence_options=cache, **options)
        return InThread(Remembering(keeping, self._given, self._tenant))

    def _client_secret(self) -> AsyncCredential:
        from azure.identity.aio import ClientSecretCredential

        secret = self._given.client_secret
        return ClientSecretCredential(
            self._tenant, self._given.client_id, secret.get_secret_value() if secret else "", **self._network()
        )

    def _certificate(self) -> AsyncCredential:
        import azure.identity
        from azure.identity import aio

        password = self._given.certificate_password
        path = self._config.path(self._given.certificate_path)
        if not path.is_file():
            raise ValueError(f"there is no certificate at {path}")
        options: dict[str, Any] = {
            "tenant_id": self._tenant,
            "client_id": self._given.client_id,
            "certificate_path": str(path),
            "password": password.get_secret_value() if password else None,
        }
        if self._given.send_certificate_chain:
            # The asynchronous half takes this option and ignores it.
            network = self._network(synchronous=True)
            return InThread(azure.identity.CertificateCredential(**options, send_certificate_chain=True, **network))
        return aio.CertificateCredential(**options, **self._network())

    def _managed_identity(self) -> AsyncCredential:
        from azure.identity.aio import ManagedIdentityCredential

        # The endpoint is on this very machine: no proxy leads there, and where there is none, nothing answers.
        near = transport(self._config, proxies=False, connecting=_NEAR)
        network = {**self._network(), "transport": near, "connection_timeout": _NEAR}
        return ManagedIdentityCredential(client_id=self._given.client_id or None, **network)

    def _workload_identity(self) -> AsyncCredential:
        client = self._given.client_id or os.environ.get("AZURE_CLIENT_ID", "")
        if not client:
            raise ValueError('kind = "workload-identity" needs client_id, or AZURE_CLIENT_ID in the environment')
        named = self._given.token_file_path
        file = str(self._config.path(named)) if named else os.environ.get("AZURE_FEDERATED_TOKEN_FILE", "")
        if file:
            from azure.identity.aio import WorkloadIdentityCredential

            if not os.path.isfile(file):  # noqa: PTH113 - of a name that azure-identity reads as it stands
                raise ValueError(f"there is no federated token at {file}")
            return WorkloadIdentityCredential(
                tenant_id=self._tenant, client_id=client, token_file_path=file, **self._network()
            )
        if not github.offered():
            job = "; in a GitHub job, set `permissions: id-token: write`" if os.environ.get("GITHUB_ACTIONS") else ""
            raise ValueError(
                f"there is no federated token: token_file_path and AZURE_FEDERATED_TOKEN_FILE name none, and "
                f"{github.URL} is not set{job}"
            )
        from azure.identity import ClientAssertionCredential

        token = partial(
            github.identity_token,
            trust(self._config),
            self._config.limits.request_timeout,
            proxies=self._proxies,
        )
        return InThread(ClientAssertionCredential(self._tenant, client, token, **self._network(synchronous=True)))


def trust(config: Config) -> ssl.SSLContext:
    """Return whose certificates are believed: those of the configured CA, or the usual ones."""
    bundle = config.endpoints.ca_bundle
    return ssl.create_default_context(cafile=str(config.path(bundle)) if bundle else None)


def transport(config: Config, *, proxies: bool, connecting: float | None = None) -> AioHttpTransport:
    """Return an HTTP transport that trusts the configured CA and, if `proxies`, honours the environment's proxies.

    Args:
        config: whom to trust, and how long to wait.
        proxies: honour the proxies of the environment.
        connecting: seconds for a connection; as long as for a request, if None.
    """
    from azure.core.pipeline.transport import AioHttpTransport

    if bundle := config.endpoints.ca_bundle:
        seconds = config.limits.request_timeout
        return trusting(config.path(bundle), seconds=seconds, connecting=connecting or seconds, proxies=proxies)
    connection = _connection(config) | ({"connection_timeout": connecting} if connecting else {})
    return AioHttpTransport(**connection, use_env_settings=proxies)


def _synchronous(config: Config) -> Any:
    from azure.core.pipeline.transport import RequestsTransport

    return RequestsTransport(**_connection(config), use_env_settings=False)


def _connection(config: Config) -> dict[str, Any]:
    bundle, seconds = config.endpoints.ca_bundle, config.limits.request_timeout
    verify: str | bool = str(config.path(bundle)) if bundle else True
    return {"connection_verify": verify, "connection_timeout": seconds, "read_timeout": seconds}


@contextmanager
def trusted_by_az(config: Config) -> Iterator[None]:
    """Let the Azure CLI, where it signs in, trust the configured CA too: it is a process of its own.

    Who has told it otherwise already is not overruled.
    """
    bundle = config.endpoints.ca_bundle
    kinds = {config.teams.credential.kind, config.azure_credential.kind}
    if not bundle or not kinds & {"azure-cli", "default"} or os.environ.get(_AZ_TRUST):
        yield
        return
    os.environ[_AZ_TRUST] = str(config.path(bundle))
    try:
        yield
    finally:
        os.environ.pop(_AZ_TRUST, None)


def _tell(sentence: str) -> None:
    """Say something to whoever sits there; stdout belongs to the report."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
