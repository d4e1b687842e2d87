"""One mail to one mail server, so that at every moment it is clear what may have happened to it.

Up to the server's "354, send it" nothing has been handed over: any failure there is certain. Only the last
step, the message itself, can end without anybody knowing whether it was taken.
"""

import asyncio
import contextlib
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import SMTPUTF8
from email.utils import format_datetime

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected

from runtime.failpoints import passing
from services.notification.letters import Letter
from services.notification.settings import NotificationSettings

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:vrs-msrc:notice")
_START_INPUT = 354


@dataclass(frozen=True)
class Taken:
    """The server has it: its last answer was 250."""


@dataclass(frozen=True)
class Refused:
    """The server certainly has it not. ``never``: it said so for good (5xx)."""

    reason: str
    never: bool


@dataclass(frozen=True)
class Unknown:
    """The message went out and no answer came back."""

    reason: str


@dataclass(frozen=True)
class NotOurs:
    """The claim was lost before anything was handed over; somebody else has the mail."""


Result = Taken | Refused | Unknown | NotOurs


def message_id(notice: str, mail_from: str) -> str:
    """The same for every try of a notice, so that whoever gets it twice can tell."""
    return f"<{uuid.uuid5(_NAMESPACE, notice)}@{mail_from.rpartition('@')[2]}>"


def compose(notice: str, letter: Letter, to: str, at: datetime, settings: NotificationSettings) -> EmailMessage:
    """Plain text and HTML in one message. Raises ValueError for an address that no header can carry."""
    message = EmailMessage(policy=SMTP_POLICY if to.isascii() else SMTPUTF8)
    message["From"] = Address(settings.mail_from_name, addr_spec=settings.mail_from)
    local, _, domain = to.rpartition("@")
    # In two parts: as one text, the standard library refuses a local part beyond ASCII whatever the policy.
    message["To"] = Address(username=local, domain=domain)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(notice, settings.mail_from)
    # RFC 3834: out-of-office programs do not answer this.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


async def hand_over(
    settings: NotificationSettings, content: bytes, to: str, may_go_on: Callable[[], Awaitable[bool]]
) -> Result:
    """Give the mail server one message. ``may_go_on`` is asked last, when the server is ready to listen."""
    password = settings.smtp_password
    client = SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user,
        password=password.get_secret_value() if password else None,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        # aiosmtplib would ask the resolver for our name, which may take long.
        local_hostname="localhost",
        timeout=settings.mail_timeout_seconds,
    )
    try:
        refusal = await _open(client, settings.mail_from, to, settings.mail_timeout_seconds)
        if refusal is not None:
            return refusal
        if not await may_go_on():
            return NotOurs()
        await passing("notification.mail.before")
        result = await _message(client, content, settings.mail_answer_seconds)
        await passing("notification.mail.after")
        return result
    finally:
        client.close()


async def _open(client: SMTP, sender: str, to: str, timeout: float) -> Refused | None:
    """Connect and get as far as 354; None when the server waits for the message."""
    utf8 = not to.isascii()
    try:
        async with asyncio.timeout(timeout):
            await client.connect()
            if utf8:
                await client.ehlo()
            if utf8 and not client.supports_extension("smtputf8"):
                return Refused("the mail server takes no address with letters beyond ASCII", never=True)
            await client.mail(sender, options=["SMTPUTF8"] if utf8 else [])
            await client.rcpt(to, encoding="utf-8" if utf8 else "ascii")
            answer = await client.execute_command(b"DATA")
    except SMTPResponseException as error:
        return _refusal(error.code, error.message)
    except (SMTPException, OSError) as error:
        return Refused(str(error)[:300] or f"no answer in {timeout:g} s", never=False)
    except ValueError as error:
        return Refused(f"the address cannot be sent: {error}"[:300], never=True)
    return None if answer.code == _START_INPUT else _refusal(answer.code, answer.message)


async def _message(client: SMTP, content: bytes, timeout: float) -> Result:
    """Send the message and hear what became of it (RFC 5321, 4.5.2: a line's first dot is doubled)."""
    protocol = client.protocol
    if protocol is None:
        return Refused("the mail server has gone", never=False)
    try:
        protocol.write(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
    except SMTPServerDisconnected as error:
        return Refused(str(error), never=False)
    try:
        answer = await protocol.read_response(timeout=timeout)  # what a server checks now may take it minutes
    except (SMTPException, OSError) as error:
        return Unknown(f"no answer after the message: {error}"[:300])
    if answer.code // 100 == 2:
        with contextlib.suppress(SMTPException, OSError, TimeoutError):
            await client.quit(timeout=1.0)
        return Taken()
    return _refusal(answer.code, answer.message)


def _refusal(code: int, text: str) -> Refused:
    return Refused(" ".join(f"{code} {text}".split())[:300], never=code >= 500)
