"""What one run is told: config.toml and the `TPE_AUDIT_…` environment as one frozen `Config`, or what is wrong.

    values, clouds ▶ tables ▶ environment ▶ problems ▶ loading

Every key of the file can be given in the environment too, with `__` between the levels:
`TPE_AUDIT_TEAMS__TENANT_ID`. The environment wins. Secrets come from there only.
"""

from __future__ import annotations

from tpe_audit.config.clouds import CLOUDS, SOVEREIGN, CloudName
from tpe_audit.config.environment import PREFIX, SEPARATOR, all_keys, notification_secrets, place
from tpe_audit.config.loading import Config, load, of_mapping, secrets_of, with_environment, without_credentials
from tpe_audit.config.problems import ConfigError
from tpe_audit.config.tables import (
    SECRETS,
    AttestationEntry,
    Credential,
    CredentialKind,
    DeploymentSection,
    Email,
    LineEntry,
    WaiverEntry,
)
from tpe_audit.config.values import e164, is_guid

__all__ = [
    "CLOUDS",
    "PREFIX",
    "SECRETS",
    "SEPARATOR",
    "SOVEREIGN",
    "AttestationEntry",
    "CloudName",
    "Config",
    "ConfigError",
    "Credential",
    "CredentialKind",
    "DeploymentSection",
    "Email",
    "LineEntry",
    "WaiverEntry",
    "all_keys",
    "e164",
    "is_guid",
    "load",
    "notification_secrets",
    "of_mapping",
    "place",
    "secrets_of",
    "with_environment",
    "without_credentials",
]
