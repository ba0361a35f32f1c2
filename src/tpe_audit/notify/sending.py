"""Sends notifications: all channels at once, each tried again while there is time, and none ever raises."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from typing import TYPE_CHECKING

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential, wait_random

from tpe_audit.formats import Format, Options, render
from tpe_audit.notify import messages
from tpe_audit.notify.news import News
from tpe_audit.report import Notification, Report

if TYPE_CHECKING:
    import httpx

    from tpe_audit.config import Config, Email

_PASSWORD = "TPE_AUDIT_NOTIFY__EMAIL__PASSWORD"  # noqa: S105 - the name of a variable
_backoff = wait_exponential(multiplier=0.5, max=15) + wait_random(0, 0.5)


class _Again(Exception):
    """It may work later."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class _Failed(Exception):
    """It will not work, however often it is tried."""


_Attempt = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to tell people."""

    name: str
    attempt: _Attempt


def channels(config: Config) -> tuple[str, ...]:
    """Return the names of the channels that are configured."""
    notify = config.notify
    given = {
        "teams": notify.teams_workflow_url,
        "slack": notify.slack_webhook_url,
        "webhook": notify.webhook_url,
        "email": notify.email.host,
    }
    return tuple(name for name, value in given.items() if value)


async def send(report: Report, config: Config) -> tuple[Notification, ...]:
    """Tell of a report by every channel that is configured, and return how that went."""
    import httpx

    bundle = config.endpoints.ca_bundle
    trust = ssl.create_default_context(cafile=str(config.path(bundle)) if bundle else None)
    timeout = min(config.limits.request_timeout, config.notify.deadline)
    # No redirect is followed: an address is told of the tenant only where the admin named it.
    async with httpx.AsyncClient(verify=trust, timeout=timeout, follow_redirects=False) as client:
        found = _channels(report, config, client, trust)
        return tuple(await asyncio.gather(*(_told(channel, config.notify.deadline) for channel in found)))


def _channels(report: Report, config: Config, client: httpx.AsyncClient, trust: ssl.SSLContext) -> list[Channel]:
    notify, news = config.notify, News.of(report)
    found = []
    if notify.teams_workflow_url:
        url = notify.teams_workflow_url.get_secret_value()
        found.append(Channel("teams", partial(_post, client, url, json=messages.teams(news))))
    if notify.slack_webhook_url:
        url = notify.slack_webhook_url.get_secret_value()
        found.append(Channel("slack", partial(_post, client, url, json=messages.slack(news))))
    if notify.webhook_url:
        url = notify.webhook_url.get_secret_value()
        body = render(report, Format.JSON, Options()).encode()
        headers = {"Content-Type": "application/json"}
        found.append(Channel("webhook", partial(_post, client, url, content=body, headers=headers)))
    if notify.email.host:
        message = messages.email(news, notify.email.sender, notify.email.to)
        mail = partial(_mail, message, notify.email, trust, config.limits.request_timeout)
        found.append(Channel("email", partial(_in_thread, mail)))
    return found


async def _told(channel: Channel, deadline: float) -> Notification:
    """Try a channel until it has taken the message, refuses it, or time is over."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + deadline
    last = "it did not answer"

    def pause(state: RetryCallState) -> float:
        nonlocal last
        error = state.outcome.exception() if state.outcome else None
        last = str(error)
        after = error.after if isinstance(error, _Again) else None
        seconds = _backoff(state) if after is None else after
        if loop.time() + seconds > ends:
            raise _Failed(f"{last}; there was no time left to try again ([notify] deadline is {deadline:g} s)")
        return seconds

    try:
        async with asyncio.timeout_at(ends):
            async for attempt in AsyncRetrying(retry=retry_if_exception_type(_Again), wait=pause, reraise=True):
                with attempt:
                    await channel.attempt()
    except (_Failed, _Again) as error:
        return Notification(channel.name, sent=False, reason=str(error))
    except TimeoutError:
        reason = f"{last}, within the {deadline:g} s that [notify] deadline allows"
        return Notification(channel.name, sent=False, reason=reason)
    except Exception as error:  # no message may cost a run, whatever is wrong with it
        return Notification(channel.name, sent=False, reason=f"it could not be sent ({type(error).__name__})")
    return Notification(channel.name, sent=True)


async def _post(client: httpx.AsyncClient, url: str, **body: object) -> None:
    """Post a message. Nothing of the address, which is a secret, nor of the answer is repeated.

    Raises:
        _Again: nobody answered, or is too busy.
        _Failed: it was refused.
    """
    import httpx

    try:
        async with client.stream("POST", url, **body) as answer:  # type: ignore[arg-type]
            status, after = answer.status_code, answer.headers.get("Retry-After", "")
    except httpx.TransportError as error:
        if _untrusted(error):
            raise _Failed("its certificate is not trusted ([endpoints] ca_bundle)") from None
        raise _Again(f"nobody answered ({type(error).__name__})") from None
    except (httpx.InvalidURL, ValueError):
        raise _Failed("its address is no address") from None
    if 200 <= status < 300:
        return
    if status in (408, 429) or status >= 500:
        raise _Again(f"it answered {status}", float(after) if after.isascii() and after.isdigit() else None)
    if 300 <= status < 400:
        raise _Failed(f"it answered {status}: redirects are not followed")
    raise _Failed(f"it answered {status}")


def _untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _in_thread(work: Callable[[], None]) -> None:
    """Do blocking work beside; a server that never ends must not keep the program from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def finish(error: Exception | None) -> None:
        if not done.done():
            done.set_exception(error) if error else done.set_result(None)

    def run() -> None:
        error: Exception | None = None
        try:
            work()
        except Exception as raised:  # handed to whoever waits
            error = raised
        with suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(finish, error)

    threading.Thread(target=run, daemon=True, name="tpe-audit-mail").start()
    await done


def _mail(message: EmailMessage, settings: Email, trust: ssl.SSLContext, timeout: float) -> None:
    """Send an e-mail, over TLS or not at all.

    Raises:
        _Again: nobody answered, or asks to come again.
        _Failed: it was refused.
    """
    password = settings.password.get_secret_value() if settings.password else ""
    if settings.user and not password:
        raise _Failed(f"{_PASSWORD} is not set")
    try:
        server = _connected(settings, trust, timeout)
        try:
            if settings.user:
                server.login(settings.user, password)
            refused = server.send_message(message)
        finally:
            # The message is delivered or not by now; what becomes of the connection changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _verdict(max(codes, default=550)) from None
    except smtplib.SMTPResponseException as error:
        raise _verdict(error.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise _Failed("the server offers no STARTTLS, or no sign-in; nothing was sent") from None
    except ssl.SSLCertVerificationError:
        raise _Failed("its certificate is not trusted ([endpoints] ca_bundle)") from None
    except (smtplib.SMTPException, OSError) as error:
        raise _Again(f"nobody answered ({type(error).__name__})") from None
    if refused:
        raise _Failed(f"it was refused for {len(refused)} of {len(settings.to)} recipients")


def _connected(settings: Email, trust: ssl.SSLContext, timeout: float) -> smtplib.SMTP:
    me = socket.gethostname()
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, me, timeout=timeout, context=trust)
    server = smtplib.SMTP(settings.host, settings.port, me, timeout=timeout)
    try:
        server.starttls(context=trust)
    except BaseException:
        server.close()
        raise
    return server


def _verdict(code: int) -> _Again | _Failed:
    if 400 <= code < 500:
        return _Again(f"the server answered {code}")
    return _Failed("the server refused the sign-in (535)" if code == 535 else f"the server answered {code}")
