"""A mail server inside the test's own loop, which behaves as it is told and remembers what it took."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

from aiosmtpd.smtp import SMTP, Envelope, Session

Mode = Literal[
    "accept", "refuse", "reject", "refuse_address", "reject_address", "hang", "hang_early", "cut", "cut_early"
]


class MailServer:
    """``refuse``: 451, ``reject``: 550, both after the message; ``…_address``: before it. ``cut``: takes the message
    and drops the connection unanswered; ``…_early``: before it has heard the message."""

    def __init__(self) -> None:
        self.mode: Mode = "accept"
        self.port = 0
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.asked = 0
        self.called = asyncio.Event()
        self._release = asyncio.Event()

    def ids(self) -> list[str]:
        """The Message-IDs of what was taken, in order."""
        return [str(one["Message-ID"]) for one in self.taken]

    def release(self) -> None:
        """End what hangs."""
        self._release.set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        self.called.set()
        match self.mode:
            case "refuse_address":
                return "450 4.2.1 try again later"
            case "reject_address":
                return "550 5.1.1 no such address"
            case "hang_early":
                await self._release.wait()
            case "cut_early":
                _drop(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        match self.mode:
            case "refuse":
                return "451 4.3.0 not now"
            case "reject":
                return "550 5.7.1 never"
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.recipients += envelope.rcpt_tos
        match self.mode:
            case "cut":
                _drop(server)
            case "hang":
                await self._release.wait()
        return "250 OK"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["MailServer"]:
        """Listen while inside; ``port`` is free for another after that."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, hostname="sink", enable_SMTPUTF8=True), "127.0.0.1", self.port
        )
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.release()
            server.close()


def _drop(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()
