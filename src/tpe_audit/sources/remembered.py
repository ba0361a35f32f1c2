"""Keeps a person's sign-in for the next run, in the store of the platform that encrypts: docs/decisions/0006."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpe_audit.config import Credential

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from azure.identity import AuthenticationRecord, TokenCachePersistenceOptions

NAME = "tpe-audit"


def folder() -> Path:
    """Return where this program keeps what it remembers of a person."""
    import click

    return Path(click.get_app_dir(NAME))


def store() -> TokenCachePersistenceOptions | None:
    """Return the cache that the platform encrypts (DPAPI, Keychain, libsecret); None where there is none.

    It is never a file in plain text.
    """
    import msal_extensions
    from azure.identity import TokenCachePersistenceOptions

    try:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        msal_extensions.build_encrypted_persistence(str(folder() / "probe"))
    except Exception:  # each platform fails in its own way, a missing library included
        return None
    return TokenCachePersistenceOptions(name=NAME)


class Remembering:
    """A credential of a person who need not sign in again while the kept sign-in holds.

    Beside the encrypted cache stands a record that names the account in it. It holds no secret.
    """

    def __init__(self, make: Callable[..., Any], given: Credential, tenant: str) -> None:
        self._file = folder() / f"{given.kind}-{tenant}-{given.client_id}.json"
        record = self._read()
        self._known = record is not None
        self._credential = make(authentication_record=record) if record else make()

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token; a person is asked only where what was kept does not do."""
        if not self._known:
            self._keep(self._credential.authenticate(scopes=scopes))
            self._known = True
        token: AccessToken = self._credential.get_token(*scopes, **options)
        return token

    def close(self) -> None:
        """Close the connections."""
        self._credential.close()

    def _read(self) -> AuthenticationRecord | None:
        from azure.identity import AuthenticationRecord

        try:
            return AuthenticationRecord.deserialize(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError):
            return None

    def _keep(self, record: AuthenticationRecord) -> None:
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(record.serialize())
