"""Tokens: what is minted is verified, and nothing else is."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from services.gateway.api import build_app
from services.gateway.subject import Subject
from services.gateway.tokens import Untrusted, mint, read_key, verify
from tests.unit.gateway.conftest import World

KEY = b"a" * 32
NOW = datetime(2013, 7, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOOD = {
    "iss": "vrs-msrc",
    "aud": "vrs",
    "sub": "unit",
    "role": "centre",
    "iat": int(NOW.timestamp()),
    "exp": int((NOW + HOUR).timestamp()),
}


def signed(claims: dict[str, object], key: bytes = KEY, algorithm: str = "HS256") -> str:
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(key), algorithms=[algorithm])


@pytest.mark.parametrize(
    ("role", "participant", "agency"),
    [
        ("centre", None, None),
        ("operator", None, None),
        ("focal-point", "TH", None),
        ("analyst", "PIDC", None),
        ("agency", "TH", "TH-IMM"),
    ],
)
def test_what_is_minted_is_verified(role: str, participant: str | None, agency: str | None) -> None:
    token = mint("unit", role, participant, agency, HOUR, KEY, now=NOW)
    assert verify(token, KEY, now=NOW) == Subject("unit", role, participant, agency)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "participant", "agency"),
    [
        ("centre", "TH", None),
        ("focal-point", None, None),
        ("focal-point", "TH", "TH-IMM"),
        ("agency", "TH", None),
        ("agency", "TH", "MY-NAVY"),
        ("king", None, None),
    ],
)
def test_a_role_that_does_not_fit_its_participant_is_not_minted(
    role: str, participant: str | None, agency: str | None
) -> None:
    with pytest.raises(ValueError, match=r"stand|agency|role"):
        mint("unit", role, participant, agency, HOUR, KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another"},
        {"iss": "another"},
        {"exp": int(NOW.timestamp()) - 60},
        {"iat": int((NOW + HOUR).timestamp())},
        {"exp": None},
        {"aud": None},
        {"role": "king"},
        {"role": "agency", "participant": "TH", "agency": "MY-NAVY"},
        {"role": "focal-point", "participant": "th"},
        {"role": "focal-point", "participant": ["TH"]},
        {"sub": None},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(change: dict[str, object]) -> None:
    claims = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    assert verify(signed(GOOD), KEY, now=NOW)
    with pytest.raises(Untrusted):
        verify(signed(claims), KEY, now=NOW)


def test_another_key_and_another_algorithm_are_refused() -> None:
    for token in (signed(GOOD, b"b" * 64), signed(GOOD, KEY * 2, "HS512")):
        with pytest.raises(Untrusted):
            verify(token, KEY, now=NOW)


def test_an_unsigned_token_is_refused() -> None:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    for token in (f"{part({'alg': 'none'})}.{part(GOOD)}.", "", "a.b.c", "é", "x" * 10_000, f"{part([])}.{part(1)}.x"):
        with pytest.raises(Untrusted):
            verify(token, KEY, now=NOW)


def test_a_short_or_missing_key_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("short")
    for name in ("short", "missing"):
        with pytest.raises(ValueError, match="key"):
            read_key(tmp_path / name)


def test_a_key_may_be_given_as_text_and_ends_before_the_line_does(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 43 + "\n")
    token = mint("unit", "centre", None, None, HOUR, "k" * 43, now=NOW)
    assert verify(token, read_key(tmp_path / "key"), now=NOW).role == "centre"


OLD = b"b" * 32


def test_a_token_of_the_older_key_is_good_as_long_as_that_is_named() -> None:
    before, after = (mint("unit", "centre", None, None, HOUR, key, now=NOW) for key in (OLD, KEY))
    for token in (before, after):
        assert verify(token, KEY, older=(OLD,), now=NOW) == Subject("unit", "centre")
    with pytest.raises(Untrusted):
        verify(before, KEY, now=NOW)
    with pytest.raises(Untrusted):
        verify(before, KEY, older=(OLD,), now=NOW + 2 * HOUR)


@pytest.mark.parametrize(
    "token", ["", "x.y.z", signed({**GOOD}, b"c" * 32), mint("u", "centre", None, None, HOUR, KEY)]
)
def test_an_older_key_makes_nothing_else_good(token: str) -> None:
    with pytest.raises(Untrusted):
        verify(token, KEY, older=(OLD,), now=NOW)


async def test_the_interface_takes_tokens_of_the_older_key(world: World) -> None:
    rotated = replace(world.gateway, key=b"n" * 32, older_keys=(world.gateway.key,))
    for gateway, status in ((rotated, 200), (replace(rotated, older_keys=()), 401)):
        transport = httpx.ASGITransport(build_app(gateway, {}))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            headers = {"Authorization": f"Bearer {world.token('centre')}"}
            assert (await client.get("/api/v1/cycles", headers=headers)).status_code == status
