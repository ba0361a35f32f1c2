"""Values that a configuration holds in one form only: ids, numbers, addresses."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_ARM = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/(?P<type>[^/]+/[^/]+)/[^/]+", re.IGNORECASE)
_BOT_TYPE = "microsoft.botservice/botservices"
_ACS_TYPE = "microsoft.communication/communicationservices"


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


def _secret_address(secret: SecretStr | None) -> SecretStr | None:
    text = secret.get_secret_value().strip() if secret else ""
    if text and not re.fullmatch(r"https://[^/\s?#@]+([/?][^\s#]*)?", text):
        raise ValueError("it is not an https:// address without user and password")
    return SecretStr(text) if text else None


def _address(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+", text):
        raise ValueError(f"{text!r} is no e-mail address, such as voice-team@contoso.com")
    return text


Guid = Annotated[str, AfterValidator(_guid)]
OptionalGuid = Annotated[str, AfterValidator(_optional_guid)]
Https = Annotated[str, AfterValidator(_https)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(min_length=1, pattern=r"^[^'\"/?#\s]+$")]
"""A user principal name or an object id."""
Number = Annotated[str, AfterValidator(_optional_number)]
Bot = Annotated[str, AfterValidator(_bot)]
AcsResource = Annotated[str, AfterValidator(_acs)]
EnvironmentAddress = Annotated[str, AfterValidator(_environment)]
SecretAddress = Annotated[SecretStr | None, AfterValidator(_secret_address)]
Mailbox = Annotated[str, AfterValidator(_address)]
