"""The mail sink takes mail, and misbehaves when told to."""

from __future__ import annotations

import json
import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from deploy.local.ports import HOST
from deploy.local.stack import Stack
from tests.integration.local_stack.conftest import PATIENCE


@pytest.fixture
def mail(own_stack: Stack) -> Stack:
    own_stack.start_backbone(["mail"])
    return own_stack


def send(stack: Stack, subject: str, answer_seconds: float = PATIENCE) -> None:
    """``answer_seconds``: how long to wait for the sink's word on the message; it says everything before at once."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "centre@example.org", "th@example.org", subject
    message.set_content("The report is due.")
    message.add_alternative("<p>The report is due.</p>", subtype="html")
    with smtplib.SMTP(HOST, stack.ports.smtp, timeout=PATIENCE) as client:
        client.ehlo()
        assert client.sock is not None
        client.sock.settimeout(answer_seconds)
        client.send_message(message)


def taken(stack: Stack) -> list[dict[str, Any]]:
    lines = stack.var / "mail" / "messages.jsonl"
    return [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []


def set_mode(stack: Stack, mode: str) -> Path:
    file = stack.var / "mail" / "mode"
    file.write_text(mode)
    return file


def test_a_mail_becomes_a_file_and_a_line(mail: Stack) -> None:
    send(mail, "Reminder – 7 days")
    (line,) = taken(mail)
    assert (line["to"], line["subject"]) == (["th@example.org"], "Reminder – 7 days")
    assert line["text"].strip() == "The report is due."
    assert b"<p>The report is due.</p>" in (mail.var / "mail" / line["file"]).read_bytes()


@pytest.mark.parametrize(("mode", "code"), [("refuse", 451), ("reject", 550)])
def test_it_refuses_when_told_to_and_takes_mail_again_afterwards(mail: Stack, mode: str, code: int) -> None:
    file = set_mode(mail, mode)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(mail, "refused")
    assert refused.value.smtp_code == code
    file.unlink()
    send(mail, "taken")
    assert [line["subject"] for line in taken(mail)] == ["taken"]


def test_it_hangs_when_told_to(mail: Stack) -> None:
    set_mode(mail, "hang")
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(mail, "hanging", answer_seconds=0.5)
    assert taken(mail) == []


def test_it_takes_a_mail_and_cuts_the_connection_before_it_answers(mail: Stack) -> None:
    set_mode(mail, "cut")
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(mail, "cut")
    assert [line["subject"] for line in taken(mail)] == ["cut"]


def test_it_swallows_when_told_to(mail: Stack) -> None:
    set_mode(mail, "swallow")
    send(mail, "swallowed")
    assert taken(mail) == []
    told = (mail.var / "mail" / "swallowed.jsonl").read_text().splitlines()
    assert [json.loads(line)["subject"] for line in told] == ["swallowed"]


def test_a_restart_keeps_what_was_taken(mail: Stack) -> None:
    send(mail, "one")
    mail.kill("mail")
    mail.start_one("mail")
    send(mail, "two")
    assert [line["file"] for line in taken(mail)] == ["000001.eml", "000002.eml"]
