"""Reads config.toml and the `TPE_AUDIT_…` environment into one frozen `Config`, or says what is wrong.

Every key of the file can be given in the environment too, with `__` between the levels:
`TPE_AUDIT_TEAMS__TENANT_ID`. The environment wins. Secrets come from there only.
"""

from __future__ import annotations

import difflib
import itertools
import os
import re
import tomllib
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from tpe_audit.facts import ConfiguredLine

PREFIX = "TPE_AUDIT_"
SEPARATOR = "__"

CloudName = Literal["public", "us-government", "us-government-dod", "china"]

CLOUDS: Mapping[CloudName, Mapping[str, str]] = {
    "public": {
        "authority": "https://login.microsoftonline.com",
        "graph": "https://graph.microsoft.com",
        "resource_manager": "https://management.azure.com",
    },
    "us-government": {
        "authority": "https://login.microsoftonline.us",
        "graph": "https://graph.microsoft.us",
        "resource_manager": "https://management.usgovcloudapi.net",
    },
    "us-government-dod": {
        "authority": "https://login.microsoftonline.us",
        "graph": "https://dod-graph.microsoft.us",
        "resource_manager": "https://management.usgovcloudapi.net",
    },
    "china": {
        "authority": "https://login.chinacloudapi.cn",
        "graph": "https://microsoftgraph.chinacloudapi.cn",
        "resource_manager": "https://management.chinacloudapi.cn",
    },
}
"""The services of each cloud.

https://learn.microsoft.com/graph/deployments and https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
"""

SOVEREIGN: Mapping[CloudName, str] = {
    "us-government": "the US Government cloud (GCC High)",
    "us-government-dod": "the US Government cloud (DoD)",
    "china": "the cloud operated by 21Vianet",
}
"""The clouds for which Microsoft documents no Teams Phone extensibility, in words."""

_OTHER_NAMES = {"login.partner.microsoftonline.cn": "login.chinacloudapi.cn"}
"""Hosts that answer as another one does."""

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_ARM = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/(?P<type>[^/]+/[^/]+)/[^/]+", re.IGNORECASE)
_BOT_TYPE = "microsoft.botservice/botservices"
_ACS_TYPE = "microsoft.communication/communicationservices"


class ConfigError(Exception):
    """The configuration can't be used; each line of the message names place, key, and what is allowed."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def is_guid(text: str) -> bool:
    """Whether `text` is a GUID in the form that Microsoft prints."""
    return _GUID.fullmatch(text) is not None


def e164(text: str) -> str:
    """Return a telephone number as E.164: `tel:+1…;ext=5` and `+1 …` are one number.

    Raises:
        ValueError: it is no telephone number with a country code.
    """
    number = re.sub(r"[\s().-]", "", text.strip().removeprefix("tel:").split(";")[0])
    if not re.fullmatch(r"\+[1-9]\d{1,14}", number):
        raise ValueError(f"{text!r} is not a telephone number with + and country code, such as +15551230100")
    return number


def _guid(text: str) -> str:
    if not is_guid(text):
        raise ValueError(f"{text!r} is not a GUID, such as 00000000-0000-0000-0000-000000000000")
    return text.lower()


def _https(text: str) -> str:
    if not re.fullmatch(r"https://[^/\s?#@]+(/[^\s?#]*)?", text):
        # What stands there is not repeated: a password or a key may be in it.
        raise ValueError("it is not an https:// address without user, password and query")
    return text.rstrip("/")


def _arm_id(text: str, resource_type: str) -> bool:
    match = _ARM.fullmatch(text.rstrip("/"))
    return match is not None and match["type"].lower() == resource_type


def _bot(text: str) -> str:
    if text and not _arm_id(text, _BOT_TYPE):
        raise ValueError(
            f"{text!r} is not the ARM id of a bot: /subscriptions/…/resourceGroups/…/providers/"
            "Microsoft.BotService/botServices/…"
        )
    return text.rstrip("/")


def _acs(text: str) -> str:
    if text and not is_guid(text) and not _arm_id(text, _ACS_TYPE):
        raise ValueError(
            f"{text!r} is neither the immutable resource id (a GUID) nor the ARM id of an ACS resource: "
            "/subscriptions/…/resourceGroups/…/providers/Microsoft.Communication/communicationServices/…"
        )
    return text.lower() if is_guid(text) else text.rstrip("/")


def _optional_guid(text: str) -> str:
    return _guid(text) if text else ""


def _optional_number(text: str) -> str:
    return e164(text) if text else ""


def _environment(text: str) -> str:
    if text and urlsplit(_https(text)).path:
        raise ValueError(f"{text!r} is not the address of an environment, such as https://contoso.crm.dynamics.com")
    return text.rstrip("/").lower()


Guid = Annotated[str, AfterValidator(_guid)]
OptionalGuid = Annotated[str, AfterValidator(_optional_guid)]
Https = Annotated[str, AfterValidator(_https)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(min_length=1, pattern=r"^[^'\"/?#\s]+$")]
"""A user principal name or an object id."""

CredentialKind = Literal[
    "default",
    "azure-cli",
    "browser",
    "device-code",
    "client-secret",
    "certificate",
    "managed-identity",
    "workload-identity",
]
FormatName = Literal["terminal", "html", "json", "pdf", "markdown", "sarif", "junit", "csv", "github"]


class Section(BaseModel):
    """A table of config.toml: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


_LACKS = "credential_lacks"
"""The type of the error that a credential has no more to say than its kind."""


class Credential(Section):
    """How to sign in to one tenant. The keys are azure-identity's."""

    kind: CredentialKind
    client_id: OptionalGuid = ""
    client_secret: SecretStr | None = None
    certificate_path: str = ""
    certificate_password: SecretStr | None = None
    send_certificate_chain: bool = False
    token_file_path: str = ""
    remember: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Credential:
        needs = {
            "client-secret": ("client_id", "client_secret"),
            "certificate": ("client_id", "certificate_path"),
            "browser": ("client_id",),
            "device-code": ("client_id",),
        }.get(self.kind, ())
        missing = [key for key in needs if not getattr(self, key)]
        if self.remember and self.kind not in ("browser", "device-code"):
            raise ValueError(f"remember is for the kinds with a person, browser and device-code, not for {self.kind}")
        if missing:
            raise PydanticCustomError(_LACKS, "kind needs keys", {"kind": self.kind, "keys": missing})
        return self


SECRETS = frozenset(
    {"client_secret", "certificate_password", "teams_workflow_url", "slack_webhook_url", "webhook_url", "password"}
)
"""Keys whose value never stands in a file and is never repeated."""


class Teams(Section):
    """The tenant with resource accounts, numbers, licences and federation settings."""

    tenant_id: Guid
    credential: Credential = Credential(kind="default")


class Azure(Section):
    """The tenant with the ACS resource and the bot; without it, the Teams tenant."""

    tenant_id: OptionalGuid = ""
    subscriptions: list[Guid] = []
    credential: Credential | None = None


class LineEntry(Section):
    """One line: what should be bound to what."""

    number: Annotated[str, AfterValidator(_optional_number)] = ""
    account: Annotated[str, Field(pattern=r"^[^'\"/?#\s]*$")] = ""
    application_id: OptionalGuid = ""
    acs_resource: Annotated[str, AfterValidator(_acs)] = ""
    bot: Annotated[str, AfterValidator(_bot)] = ""

    @model_validator(mode="after")
    def _found_by_something(self) -> LineEntry:
        if not self.account and not self.number:
            raise ValueError("a line needs account or number, to be found by")
        return self


class Agents(Section):
    """Who answers."""

    groups: list[Guid] = []
    users: list[Name] = []
    client_applications: list[Guid] = []


class Dynamics(Section):
    """The Dynamics 365 environment, where that is the consumer."""

    environment_url: Annotated[str, AfterValidator(_environment)] = ""


class DeploymentSection(Section):
    """What is meant to be."""

    consumer: Literal["third-party", "dynamics-365", "foundry"] = "third-party"
    directions: Annotated[list[Literal["inbound", "outbound"]], Field(min_length=1)] = ["inbound", "outbound"]
    billing: Literal["mca", "credits", "unknown"] = "unknown"
    acs_federation: Literal["required", "not-used"] = "required"
    lines: list[LineEntry] = []
    agents: Agents = Agents()
    dynamics: Dynamics = Dynamics()

    @model_validator(mode="after")
    def _each_account_once(self) -> DeploymentSection:
        lines = [ConfiguredLine(**line.model_dump()) for line in self.lines]
        for (first, one), (second, other) in itertools.combinations(enumerate(lines), 2):
            same_account = bool(one.account) and one.account.casefold() == other.account.casefold()
            if not same_account and not (one.number and one.number == other.number):
                continue
            wrong = one.contradictions(other)
            if not same_account and one.account and other.account:
                wrong = ("account", *wrong)
            if wrong:
                what = f"the account {one.account}" if same_account else f"the number {one.number}"
                raise ValueError(
                    f"lines[{first}] and lines[{second}] are both of {what}, but differ in {', '.join(wrong)}; "
                    "an account has one line, and a number one account"
                )
        return self


class TeamsPowerShell(Section):
    """Where that comes from which only Teams PowerShell reads."""

    mode: Literal["auto", "pwsh", "export", "off"] = "auto"
    export: str = "teams-export.json"
    max_age_hours: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)] = 24


class Switch(Section):
    """A source that can be declared off."""

    mode: Literal["auto", "off"] = "auto"


class AcsSwitch(Switch):
    """The data plane of ACS resources: a source that can be declared off, or asked for more."""

    client_consent: bool = False


class OptIn(Section):
    """A source that is off until it is asked for."""

    mode: Literal["auto", "off"] = "off"


class SourcesSection(Section):
    """What is read from where."""

    teams_powershell: TeamsPowerShell = TeamsPowerShell()
    azure: Switch = Switch()
    acs: AcsSwitch = AcsSwitch()
    conditional_access: OptIn = OptIn()


class Endpoints(Section):
    """Where the services are: in a cloud of Microsoft's, or at addresses of one's own, such as a local stand-in."""

    cloud: CloudName = "public"
    authority: Https = CLOUDS["public"]["authority"]
    graph: Https = CLOUDS["public"]["graph"]
    resource_manager: Https = CLOUDS["public"]["resource_manager"]
    ca_bundle: str = ""

    @model_validator(mode="before")
    @classmethod
    def _of_the_cloud(cls, data: Any) -> Any:
        """Fill in the addresses of the cloud that is named; one that is given stays."""
        if not isinstance(data, dict) or data.get("cloud") not in CLOUDS:
            return data
        return {**CLOUDS[data["cloud"]], **data}

    @model_validator(mode="after")
    def _of_one_cloud(self) -> Endpoints:
        if "cloud" not in self.model_fields_set:
            return self
        for key in CLOUDS["public"]:
            owners = clouds_of(getattr(self, key))
            if owners and self.cloud not in owners:
                raise ValueError(
                    f"{key} is an address of the cloud {owners[0]!r}, and cloud = {self.cloud!r}: "
                    f"take {key} out, or name the other cloud"
                )
        return self


def clouds_of(url: str) -> list[CloudName]:
    """Return the clouds that an address belongs to; none: it is nobody's that we know."""
    host = urlsplit(url).hostname or ""
    host = _OTHER_NAMES.get(host, host)
    return [name for name, urls in CLOUDS.items() if any(urlsplit(known).hostname == host for known in urls.values())]


class ChecksSection(Section):
    """Which checks there are."""

    paths: list[Text] = []
    skip: list[Text] = []


class ReportSection(Section):
    """What becomes of the findings."""

    directory: Text = "reports"
    formats: Annotated[list[FormatName], Field(min_length=1)] = ["terminal", "html", "json"]
    fail_on: Literal["blocker", "major", "minor", "never"] = "major"
    history: bool = True
    keep_runs: Annotated[int, Field(ge=0, le=1_000_000)] = 500
    keep_days: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 400


class WaiverEntry(Section):
    """A failure that somebody accepts for a time."""

    check: Text
    subject: str = ""
    owner: Text
    reason: Text
    expires: date


class AttestationEntry(Section):
    """A person's answer to what no interface can answer."""

    check: Text
    subject: str = ""
    by: Text
    on: date
    expires: date
    evidence: str = ""
    about: dict[str, str] = {}


class Attest(Section):
    """Where answers are written."""

    file: str = ""


def _secret_address(secret: SecretStr | None) -> SecretStr | None:
    text = secret.get_secret_value().strip() if secret else ""
    if text and not re.fullmatch(r"https://[^/\s?#@]+([/?][^\s#]*)?", text):
        raise ValueError("it is not an https:// address without user and password")
    return SecretStr(text) if text else None


def _address(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+", text):
        raise ValueError(f"{text!r} is no e-mail address, such as voice-team@contoso.com")
    return text


SecretAddress = Annotated[SecretStr | None, AfterValidator(_secret_address)]
Mailbox = Annotated[str, AfterValidator(_address)]


class Email(Section):
    """Whom to tell by e-mail, and through which server."""

    host: Annotated[str, Field(pattern=r"^[^\s/:@]*$")] = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls"] = "starttls"
    sender: Mailbox = ""
    to: list[Mailbox] = []
    user: str = ""
    password: SecretStr | None = None

    @model_validator(mode="after")
    def _whole(self) -> Email:
        if self.host and not (self.sender and self.to and all(self.to)):
            raise ValueError("host needs sender and to: from whom, and to whom")
        return self


class Notify(Section):
    """Whom to tell."""

    always: bool = False
    deadline: Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)] = 60
    teams_workflow_url: SecretAddress = None
    slack_webhook_url: SecretAddress = None
    webhook_url: SecretAddress = None
    email: Email = Email()


class Limits(Section):
    """How long to wait."""

    request_timeout: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 30
    retry_after_cap: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 120
    deadline: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1800


class Tables(BaseModel):
    """All that config.toml may hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    teams: Teams
    azure: Azure = Azure()
    deployment: DeploymentSection = DeploymentSection()
    sources: SourcesSection = SourcesSection()
    endpoints: Endpoints = Endpoints()
    checks: ChecksSection = ChecksSection()
    report: ReportSection = ReportSection()
    waivers: list[WaiverEntry] = []
    attestations: list[AttestationEntry] = []
    attest: Attest = Attest()
    notify: Notify = Notify()
    limits: Limits = Limits()


class Config(Tables, BaseSettings):
    """Everything that one run is told, by file and environment, validated."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter=SEPARATOR)

    _folder: Path = Path()
    _in_file: int = 0

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file; read nothing else."""
        return (env_settings, init_settings)

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
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class _WithoutCredentials(Config):
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        unsigned = cast("PydanticBaseSettingsSource", lambda: _unsigned(env_settings()))
        return (unsigned, init_settings)


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
        if problems := _secrets_in(data, name) + _wrong_in_file(data, name):
            raise ConfigError(problems)
    config = with_environment(data, path.resolve().parent if path is not None else Path.cwd(), name, tenant_id)
    return _with_attestations(config, needed=attested)


def with_environment(data: Mapping[str, Any], folder: Path, name: str, tenant_id: str = "") -> Config:
    """Return the configuration that `data`, which is called `name`, and the environment hold together.

    With a `tenant_id` nobody signs in, see `load`.

    Raises:
        ConfigError: it can't be used.
    """
    if problems := _unknown_variables():
        raise ConfigError(problems)
    try:
        if tenant_id:
            data = {**_unsigned(data), "teams": {"tenant_id": tenant_id, **_unsigned(data).get("teams", {})}}
        config = _WithoutCredentials(**data) if tenant_id else Config(**data)
    except ValidationError as error:
        raise ConfigError([_problem(detail, name) for detail in error.errors()]) from None
    except SettingsError as error:
        raise ConfigError([f"{_variable_in(str(error))}: its value is not the JSON that this key takes"]) from None
    config._folder = folder  # noqa: SLF001
    bundle = config.endpoints.ca_bundle
    if bundle and not tenant_id and not config.path(bundle).is_file():
        raise ConfigError([f"{name}: endpoints.ca_bundle: there is no file {bundle!r}"])
    return config


class _Attestations(Section):
    """What the file holds that `[attest] file` names."""

    attestations: list[AttestationEntry] = []


def _with_attestations(config: Config, *, needed: bool) -> Config:
    """Return the configuration with the attestations that stand in a file of their own, if it names one.

    Raises:
        ConfigError: that file can't be used.
    """
    path = config.path(config.attest.file)
    if not config.attest.file or not (needed or path.exists()):
        return config
    try:
        found = _Attestations.model_validate(_toml(path), strict=True)
    except ValidationError as error:
        raise ConfigError([_problem(detail, str(path), in_file=True) for detail in error.errors()]) from None
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
        if problems := _secrets_in(data, str(path)) + _wrong_in_file(data, str(path)):
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
            found.append(_variable((table, "credential", "client_secret")))
    if data.get("notify", {}).get("email", {}).get("user"):
        found.append(_variable(("notify", "email", "password")))
    return tuple(found)


def notification_secrets() -> tuple[str, ...]:
    """Return the environment variables that hold where notifications go."""
    return tuple(_variable(key) for key in all_keys(Notify, ("notify",)) if key[-1].endswith("_url"))


def of_mapping(data: Mapping[str, Any], folder: Path) -> Config:
    """Return the configuration that `data` holds, whatever the environment says.

    Raises:
        ConfigError: it can't be used.
    """
    try:
        config = _WithoutEnvironment(**data)
    except ValidationError as error:
        raise ConfigError([_problem(detail, "configuration") for detail in error.errors()]) from None
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


def _secrets_in(data: Mapping[str, Any], name: str, at: tuple[str, ...] = ()) -> list[str]:
    found = []
    for key, value in data.items():
        here = (*at, key)
        if isinstance(value, dict):
            found += _secrets_in(value, name, here)
        elif key in SECRETS:
            variables = [variable for variable in _variables() if variable.endswith(f"{SEPARATOR}{key.upper()}")]
            instead = difflib.get_close_matches(_variable(here), variables, n=1, cutoff=0)
            found.append(
                f"{name}: {'.'.join(here)}: a secret does not belong in a file; "
                f"take it out and set {instead[0]} instead"
            )
    return found


def _wrong_in_file(data: dict[str, Any], name: str) -> list[str]:
    """Return what is wrong in the file by itself: TOML has types, so nothing is converted."""
    try:
        Tables.model_validate(data, strict=True)
    except ValidationError as error:
        return [_problem(detail, name, in_file=True) for detail in error.errors() if not _may_be_in_environment(detail)]
    return []


def _may_be_in_environment(detail: ErrorDetails) -> bool:
    """Whether the environment may still supply what the file lacks: a key, or the secret of a credential."""
    inside_list = any(isinstance(part, int) for part in detail["loc"])
    return detail["type"] == _LACKS or (detail["type"] == "missing" and not inside_list)


def _unknown_variables() -> list[str]:
    sections = {f"{PREFIX}{field}".upper() for field in Config.model_fields}
    problems = []
    for variable in sorted(os.environ):
        upper = variable.upper()
        if not upper.startswith(PREFIX):
            continue
        if not any(upper == section or upper.startswith(section + SEPARATOR) for section in sections):
            near = difflib.get_close_matches(upper, _variables(), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            problems.append(f"{variable}: there is no such environment variable of tpe-audit{hint}")
    return problems


def all_keys(table: type[BaseModel] = Tables, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every key that a config.toml may hold, as a path; those of lists of tables without a place in the list."""
    for name, field in table.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None:
            yield (*at, name)
        else:
            yield from all_keys(inner, (*at, name))


def _variables() -> list[str]:
    """Return every environment variable that stands for one key, and those of the lists of tables."""
    lists = ("waivers", "attestations", "lines")
    whole = [path[: 1 + min((path.index(name) for name in lists if name in path), default=99)] for path in all_keys()]
    return sorted({_variable(path) for path in whole})


def _variable(location: Sequence[str | int]) -> str:
    return PREFIX + SEPARATOR.join(str(part).upper() for part in location)


def _variable_in(message: str) -> str:
    field = re.search(r'field "(\w+)"', message)
    name = f"{PREFIX}{field.group(1)}".upper() if field else PREFIX
    return next((v for v in sorted(os.environ) if v.upper().startswith(name)), f"{name}…")


def _problem(detail: ErrorDetails, name: str, *, in_file: bool = False) -> str:
    """Return one line: where, which key, and what is allowed. A secret's value is never repeated."""
    location = detail["loc"]
    at = name if in_file else place(location, name)
    key = ".".join(f"[{part}]" if isinstance(part, int) else part for part in location).replace(".[", "[")
    match detail["type"]:
        case "extra_forbidden":
            section = _section_at(location[:-1])
            allowed = sorted(section.model_fields) if section else []
            near = difflib.get_close_matches(str(location[-1]), allowed, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            return f"{at}: {key}: there is no such key{hint or '.'} Allowed here: {', '.join(allowed)}"
        case "missing":
            if location == ("teams",):
                key, location = "teams.tenant_id", ("teams", "tenant_id")
            if any(isinstance(part, int) for part in location):
                return f"{at}: {key}: it is missing"
            return f"{at}: {key}: it is missing; set it, or {_variable(location)} in the environment"
        case "date_type" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return f"{at}: {key}: it should be a date without quotes, such as 2027-01-31, not {_shown(detail['input'])}"
        case "value_error":
            return f"{at}: {key}: {detail['ctx']['error']!s}"
        case "credential_lacks":
            return f"{at}: {key}: {_lacking(location, detail['ctx'])}"
        case _:
            # What stands where a table should be may be anything, a secret included.
            hidden = SECRETS & {str(part) for part in location} or _section_at(location) is not None
            shown = "" if hidden else f", not {_shown(detail['input'])}"
            return f"{at}: {key}: {_allowed(detail)}{shown}"


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else repr(value)


def _allowed(detail: ErrorDetails) -> str:
    """Return what pydantic says of a wrong value, in the words of a config file."""
    at_one = detail.get("ctx", {}).get("min_length") == 1
    match detail["type"]:
        case "model_type" | "model_attributes_type" | "dict_type":
            return "it should be a table"
        case "list_type":
            return "it should be a list"
        case "string_too_short" if at_one:
            return "it should not be empty"
        case "too_short" if at_one:
            return "it should name at least one"
        case "string_pattern_mismatch":
            return "it should be a user principal name or an object id"
        case _:
            return detail["msg"].replace("Input should be", "it should be")


def _lacking(location: Sequence[str | int], context: Mapping[str, Any]) -> str:
    """Return what a credential of its kind needs besides; of a secret also where it belongs."""
    secret = [key for key in context["keys"] if key in SECRETS]
    where = f"; set {_variable((*location, secret[0]))} in the environment" if secret else ""
    return f"kind = {context['kind']!r} needs {' and '.join(context['keys'])}{where}"


def place(location: Sequence[str | int], name: str) -> str:
    """Return the environment variable that a key came from, or the file, which is called `name`."""
    variables = {variable.upper(): variable for variable in sorted(os.environ)}
    for end in range(len(location), 0, -1):
        if found := variables.get(_variable(location[:end])):
            return found
    below = f"{_variable(location)}{SEPARATOR}"
    return next((variable for upper, variable in variables.items() if upper.startswith(below)), name)


def _section_at(location: Sequence[str | int]) -> type[BaseModel] | None:
    """Return the table that a location leads to."""
    at: type[BaseModel] = Config
    for part in location:
        if isinstance(part, int):
            continue
        field = at.model_fields.get(part)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return None
        at = inner
    return at


def _model_in(annotation: object) -> type[BaseModel] | None:
    inner = typing.get_args(annotation)
    if inner:
        return next((found for part in inner if (found := _model_in(part))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
