"""One frozen `Config`, read from config.toml and the environment, or from a mapping alone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
from pydantic_settings import PydanticBaseSettingsSource as _Layer

from tpe_audit.config.clouds import SOVEREIGN, CloudName, clouds_of
from tpe_audit.config.environment import PREFIX, SEPARATOR, place, unknown_variables, variable_in, variable_of
from tpe_audit.config.problems import ConfigError, problem, secrets_in, wrong_in_file
from tpe_audit.config.tables import AttestationFile, Credential, Tables


class Config(Tables, BaseSettings):
    """Everything that one run is told, by file and environment, validated."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter=SEPARATOR)

    _folder: Path = Path()
    _in_file: int = 0

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: _Layer,
        env_settings: _Layer,
        *unused: _Layer,
        **unused_too: _Layer,
    ) -> tuple[_Layer, ...]:
        """Read what is given and the environment, and nothing else."""
        return cls._layers(init_settings, env_settings)

    @classmethod
    def _layers(cls, given: _Layer, environment: _Layer) -> tuple[_Layer, ...]:
        """Return what is read; what comes first wins."""
        return (environment, given)

    @property
    def azure_tenant_id(self) -> str:
        """The tenant with the ACS resource and the bot."""
        return self.azure.tenant_id or self.teams.tenant_id

    @property
    def azure_credential(self) -> Credential:
        """The credential for the Azure tenant: its own, whole, or that of the Teams tenant."""
        return self.azure.credential or self.teams.credential

    @property
    def sovereign(self) -> str:
        """The cloud of the endpoints, if Microsoft documents no Teams Phone extensibility there; else empty."""
        ours = self.endpoints
        named: list[CloudName] = [ours.cloud]
        for url in (ours.graph, ours.authority, ours.resource_manager):
            named += clouds_of(url)[:1]
        return next((SOVEREIGN[cloud] for cloud in named if cloud in SOVEREIGN), "")

    def attestation(self, index: int, name: str) -> str:
        """Return where an attestation stands: in the file that is called `name`, or in the one that it names."""
        elsewhere = index - self._in_file
        if not self.attest.file or elsewhere < 0:
            return f"{place(('attestations',), name)}: attestations[{index}]"
        return f"{self.path(self.attest.file)}: attestations[{elsewhere}]"

    def path(self, name: str) -> Path:
        """Return a path that the configuration names; relative ones are relative to the file."""
        return self._folder / Path(name).expanduser()


class _WithoutEnvironment(Config):
    @classmethod
    def _layers(cls, given: _Layer, environment: _Layer) -> tuple[_Layer, ...]:
        return (given,)


class _WithoutCredentials(Config):
    @classmethod
    def _layers(cls, given: _Layer, environment: _Layer) -> tuple[_Layer, ...]:
        return (cast("_Layer", lambda: _unsigned(environment())), given)


def _unsigned(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return configuration without what one signs in with."""
    tenants = ("teams", "azure")
    return {
        name: {key: item for key, item in table.items() if key != "credential"}
        if name in tenants and isinstance(table, dict)
        else table
        for name, table in data.items()
    }


def load(path: Path | None, *, tenant_id: str = "", attested: bool = True) -> Config:
    """Read the configuration from a file, if there is one, and from the environment.

    Args:
        path: the file.
        tenant_id: of the tenant whose evidence is judged: nobody signs in then, so no credential is looked at, and
            the configuration need not name the tenant.
        attested: the file that `[attest] file` names must be there.

    Raises:
        ConfigError: it can't be used.
    """
    data: dict[str, Any] = {}
    name = "the environment"
    if path is not None:
        data, name = _toml(path), str(path)
        if problems := secrets_in(data, name) + wrong_in_file(data, name):
            raise ConfigError(problems)
    config = with_environment(data, path.resolve().parent if path is not None else Path.cwd(), name, tenant_id)
    return _with_attestations(config, needed=attested)


def with_environment(data: Mapping[str, Any], folder: Path, name: str, tenant_id: str = "") -> Config:
    """Return the configuration that `data`, which is called `name`, and the environment hold together.

    With a `tenant_id` nobody signs in, see `load`.

    Raises:
        ConfigError: it can't be used.
    """
    if problems := unknown_variables():
        raise ConfigError(problems)
    try:
        if tenant_id:
            data = {**_unsigned(data), "teams": {"tenant_id": tenant_id, **_unsigned(data).get("teams", {})}}
        config = _WithoutCredentials(**data) if tenant_id else Config(**data)
    except ValidationError as error:
        raise ConfigError([problem(detail, name) for detail in error.errors()]) from None
    except SettingsError as error:
        raise ConfigError([f"{variable_in(str(error))}: its value is not the JSON that this key takes"]) from None
    config._folder = folder  # noqa: SLF001
    bundle = config.endpoints.ca_bundle
    if bundle and not tenant_id and not config.path(bundle).is_file():
        raise ConfigError([f"{name}: endpoints.ca_bundle: there is no file {bundle!r}"])
    return config


def _with_attestations(config: Config, *, needed: bool) -> Config:
    """Return the configuration with the attestations that stand in a file of their own, if it names one.

    Raises:
        ConfigError: that file can't be used.
    """
    path = config.path(config.attest.file)
    if not config.attest.file or not (needed or path.exists()):
        return config
    try:
        found = AttestationFile.model_validate(_toml(path), strict=True)
    except ValidationError as error:
        raise ConfigError([problem(detail, str(path), in_file=True) for detail in error.errors()]) from None
    joined = config.model_copy(update={"attestations": [*config.attestations, *found.attestations]})
    joined._folder, joined._in_file = config._folder, len(config.attestations)  # noqa: SLF001
    return joined


def without_credentials(path: Path, *, attested: bool = True) -> Config:
    """Read a file for what it says of the deployment, before secrets are in the environment that sign in.

    Args:
        path: the file.
        attested: the file that `[attest] file` names must be there.

    Raises:
        ConfigError: it can't be used.
    """
    try:
        return load(path, attested=attested)
    except ConfigError:
        data = _toml(path)
        if problems := secrets_in(data, str(path)) + wrong_in_file(data, str(path)):
            raise ConfigError(problems) from None
        for table in (data.get("teams", {}), data.get("azure", {})):
            if "credential" in table:
                table["credential"] = _without_secret(table["credential"])
        return _with_attestations(of_mapping(data, path.resolve().parent), needed=attested)


def _without_secret(credential: dict[str, Any]) -> dict[str, Any]:
    try:
        Credential.model_validate(credential)
    except ValidationError:
        return {"kind": "default", **{key: credential[key] for key in ("client_id",) if key in credential}}
    return credential


def secrets_of(path: Path) -> tuple[str, ...]:
    """Return the environment variables that the credentials in a file take their secrets from.

    Raises:
        ConfigError: the file can't be used.
    """
    without_credentials(path, attested=False)
    data = _toml(path)
    found = []
    for table in ("teams", "azure"):
        credential = data.get(table, {}).get("credential", {})
        if credential.get("kind") == "client-secret":
            found.append(variable_of((table, "credential", "client_secret")))
    if data.get("notify", {}).get("email", {}).get("user"):
        found.append(variable_of(("notify", "email", "password")))
    return tuple(found)


def of_mapping(data: Mapping[str, Any], folder: Path) -> Config:
    """Return the configuration that `data` holds, whatever the environment says.

    Raises:
        ConfigError: it can't be used.
    """
    try:
        config = _WithoutEnvironment(**data)
    except ValidationError as error:
        raise ConfigError([problem(detail, "configuration") for detail in error.errors()]) from None
    config._folder = folder  # noqa: SLF001
    return config


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: it can't be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: it is not UTF-8 text"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: it is not TOML: {error}"]) from None
    except RecursionError:
        raise ConfigError([f"{path}: it is nested too deeply"]) from None
