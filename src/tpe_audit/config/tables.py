"""The tables of config.toml: each key, its type, and what holds where it is not given."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from tpe_audit.config.clouds import CLOUDS, CloudName, clouds_of
from tpe_audit.config.values import (
    AcsResource,
    Bot,
    EnvironmentAddress,
    Guid,
    Https,
    Mailbox,
    Name,
    Number,
    OptionalGuid,
    SecretAddress,
    Text,
)
from tpe_audit.facts import ConfiguredLine

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


LACKS = "credential_lacks"
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
            raise PydanticCustomError(LACKS, "kind needs keys", {"kind": self.kind, "keys": missing})
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

    number: Number = ""
    account: Annotated[str, Field(pattern=r"^[^'\"/?#\s]*$")] = ""
    application_id: OptionalGuid = ""
    acs_resource: AcsResource = ""
    bot: Bot = ""

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

    environment_url: EnvironmentAddress = ""


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


class AttestationFile(Section):
    """What the file holds that `[attest] file` names."""

    attestations: list[AttestationEntry] = []


class Attest(Section):
    """Where answers are written."""

    file: str = ""


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
