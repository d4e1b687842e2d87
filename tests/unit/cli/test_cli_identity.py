"""Whom a command speaks for, and what it is told from outside."""

from pathlib import Path

import pytest

from cli.identity import Who, token
from cli.settings import CliSettings, Refused, settings
from cli.submissions import owner
from services.gateway.tokens import verify

KEY = "k" * 43


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("centre", Who("centre")),
        ("operator", Who("operator")),
        ("focal-point:TH", Who("focal-point", "TH")),
        ("analyst:PIDC", Who("analyst", "PIDC")),
        ("agency:TH:TH-IMM", Who("agency", "TH", "TH-IMM")),
    ],
)
def test_a_speaker_is_read_as_it_is_written(text: str, who: Who) -> None:
    assert Who.parse(text) == who
    assert who.name == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "king",
        "centre:TH",
        "focal-point",
        "focal-point:th",
        "focal-point:TH:TH-IMM",
        "agency:TH",
        "agency:TH:KH-IMM",
    ],
)
def test_who_is_nobody_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(Refused):
        Who.parse(text)


def test_the_gateway_takes_the_token(tmp_path: Path) -> None:
    (tmp_path / "token.key").write_text(KEY + "\n")
    made = token(CliSettings(var=tmp_path), Who.parse("agency:TH:TH-IMM"))
    subject = verify(made, KEY.encode())
    assert (subject.role, subject.participant, subject.agency) == ("agency", "TH", "TH-IMM")


def test_without_a_key_the_command_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no token key at .*token\.key"):
        token(CliSettings(var=tmp_path), Who("centre"))


def test_the_environment_goes_before_the_stacks_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "env").write_text("VRS_GATEWAY_URL=http://127.0.0.1:1\nVRS_KAFKA_BOOTSTRAP=127.0.0.1:2\n")
    monkeypatch.setenv("VRS_VAR", str(tmp_path))
    monkeypatch.delenv("VRS_KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.setenv("VRS_GATEWAY_URL", "http://127.0.0.1:3")
    told = settings()
    assert (told.gateway_url, told.kafka_bootstrap, told.mails) == (
        "http://127.0.0.1:3",
        "127.0.0.1:2",
        tmp_path / "mail",
    )


def test_a_report_is_sent_by_who_it_says() -> None:
    assert owner({"reporter": "TH"}) == Who("focal-point", "TH")
    assert owner({"reporter": "TH", "agency": "TH-IMM"}) == Who("agency", "TH", "TH-IMM")
    with pytest.raises(Refused):
        owner({})
