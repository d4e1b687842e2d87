"""`vrs users`: a password is printed once, and signs its user in."""

import re

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.conftest import Backbone


@pytest.fixture(autouse=True)
def told(backbone: Backbone, mongo_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("VRS_MONGO_URL", backbone.mongo_url)
    monkeypatch.setenv("VRS_MONGO_DATABASE", mongo_database)
    monkeypatch.setenv("VRS_VAR", str(tmp_path))


def vrs(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["users", *arguments])


def test_a_user_is_made_once_listed_and_ended() -> None:
    made = vrs("add", "TH-Desk", "--as", "focal-point:TH")
    assert made.exit_code == 0, made.output
    assert re.fullmatch(r"([a-z0-9]{4}-){4}[a-z0-9]{4}\n", made.stdout)
    again = vrs("add", "th-desk", "--as", "focal-point:TH")
    assert again.exit_code == 1
    assert "there is a user th-desk already" in again.output
    assert vrs("password", "th-desk").stdout != made.stdout
    for _ in range(2):
        assert vrs("end", "th-desk").exit_code == 0
    listed = vrs("list").stdout
    assert "th-desk" in listed
    assert made.stdout.strip() not in listed
    assert "argon2" not in listed


@pytest.mark.parametrize(
    ("login", "speaker"), [("x", "centre"), ("a b c", "centre"), ("someone", "king"), ("someone", "focal-point")]
)
def test_what_is_no_login_or_no_role_is_refused_with_a_sentence(login: str, speaker: str) -> None:
    refused = vrs("add", login, "--as", speaker)
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
