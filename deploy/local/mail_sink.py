"""A mail server that delivers to a folder: `python -m deploy.local.mail_sink`.

Every message becomes `NUMBER.eml` and a line of `messages.jsonl`. The word in the file `mode` says how it behaves
from the next message on, so that a test can make the mail server misbehave while everything runs:

accept   takes the message (also without the file)
refuse   451, try again later
reject   550, never
hang     does not answer as long as the mode stands
cut      takes the message, then cuts the connection before answering: the sender cannot know
swallow  says 250 and keeps nothing but a line of `swallowed.jsonl`, so that a test knows what is lost
"""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic_settings import BaseSettings, SettingsConfigDict

MODES = ("accept", "refuse", "reject", "hang", "cut", "swallow")
LOOK_AGAIN_SECONDS = 0.05


class MailSinkSettings(BaseSettings):
    """Where it listens and where the mail goes."""

    model_config = SettingsConfigDict(env_prefix="VRS_")

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8025
    mail_dir: Path = Path("var/mail")


class MailFolder:
    """Takes messages as the mode says; what aiosmtpd calls a handler."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._taken = sum(1 for _ in folder.glob("*.eml"))

    def mode(self) -> str:
        """The mode as it stands now; an unknown word is as good as none."""
        try:
            word = (self.folder / "mode").read_text().strip()
        except FileNotFoundError:
            return "accept"
        return word if word in MODES else "accept"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Answers one message."""
        while (mode := self.mode()) == "hang":  # noqa: ASYNC110 - another process changes the file
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        if mode == "refuse":
            return "451 4.3.0 Mail sink refuses for now"
        if mode == "reject":
            return "550 5.7.1 Mail sink rejects"
        if mode in ("accept", "cut"):
            self.keep(envelope)
        if mode == "swallow":
            self._tell("swallowed.jsonl", described(envelope.original_content or b"", envelope))
        if mode == "cut" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 OK"

    def keep(self, envelope: Envelope) -> None:
        """Writes the message and its line. One process, one loop: no two writers."""
        content = envelope.original_content or b""
        self._taken += 1
        file = self.folder / f"{self._taken:06d}.eml"
        file.write_bytes(content)
        self._tell("messages.jsonl", described(content, envelope) | {"file": file.name})
        print(
            json.dumps({"level": "info", "event": "mail taken", "to": envelope.rcpt_tos, "file": file.name}), flush=True
        )

    def _tell(self, file: str, message: dict[str, Any]) -> None:
        with (self.folder / file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(message, ensure_ascii=False) + "\n")


def described(content: bytes, envelope: Envelope) -> dict[str, Any]:
    """A message as one line: who, to whom, subject, and its text."""
    message = message_from_bytes(content, policy=modern)
    text = message.get_body(("plain",))
    return {
        "at": datetime.now(UTC).isoformat(),
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "subject": str(message["subject"] or ""),
        "message_id": str(message["message-id"] or ""),
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "text": text.get_content() if text is not None else "",
    }


async def serve(settings: MailSinkSettings) -> None:
    """Listens until SIGTERM or SIGINT."""
    folder = MailFolder(settings.mail_dir)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(
        lambda: SMTP(folder, hostname="vrs-mail-sink", enable_SMTPUTF8=True, ident="VRS mail sink"),
        settings.smtp_host,
        settings.smtp_port,
    )
    print(json.dumps({"level": "info", "event": "listening", "port": settings.smtp_port}), flush=True)
    await stop.wait()
    server.close()  # connections still open end with the process: a sink owes them nothing


if __name__ == "__main__":
    asyncio.run(serve(MailSinkSettings()))
