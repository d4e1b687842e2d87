"""How long a session lasts, how fast a password may be tried, what a password must be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.portal.accounts.passwords import Passwords, digest_now, generated
from services.gateway.portal.accounts.rules import LONGEST_WAIT, fault_of_password, free_at, lasts
from services.gateway.portal.accounts.user import Session
from services.gateway.portal.guard import form_token, own_token
from tests.unit.portal.conftest import NOW, user

IDLE, LONGEST = timedelta(hours=1), timedelta(hours=12)
ONE = user("focal-point:TH")
SESSION = Session("k", ONE.login, ONE.password_at, NOW, NOW)


def test_a_session_lasts_while_it_is_used() -> None:
    assert lasts(SESSION, ONE, NOW + timedelta(minutes=59), IDLE, LONGEST)
    assert not lasts(SESSION, ONE, NOW + timedelta(minutes=60), IDLE, LONGEST)
    used = replace(SESSION, seen_at=NOW + timedelta(hours=11, minutes=30))
    assert lasts(used, ONE, NOW + timedelta(hours=11, minutes=59), IDLE, LONGEST)
    assert not lasts(used, ONE, NOW + timedelta(hours=12), IDLE, LONGEST)


def test_a_session_ends_with_its_user_and_its_password() -> None:
    assert not lasts(SESSION, replace(ONE, active=False), NOW, IDLE, LONGEST)
    assert not lasts(SESSION, ONE.with_password("new", NOW), NOW, IDLE, LONGEST)
    assert not lasts(SESSION, replace(ONE, login="another"), NOW, IDLE, LONGEST)


def test_the_wait_doubles_and_has_an_end() -> None:
    waits = [free_at([NOW] * count, 5) for count in range(30)]
    assert waits[:5] == [None] * 5
    assert [one and (one - NOW).total_seconds() for one in waits[5:9]] == [2, 4, 8, 16]
    assert waits[-1] == NOW + LONGEST_WAIT


@pytest.mark.parametrize(
    "password", ["", "short", "x" * 201, "aaaaaaaaaaaaaaaa", "password-2026!", "my th-desk login words"]
)
def test_a_weak_password_is_refused(password: str) -> None:
    assert fault_of_password(password, "th-desk")


@pytest.mark.parametrize(
    "password", ["four plain words here", "ตัวอย่างรหัสผ่านยาวๆ", pytest.param(generated(), id="generated")]
)
def test_a_long_password_of_any_letters_is_good(password: str) -> None:
    assert fault_of_password(password, "th-desk") is None


async def test_a_password_is_kept_as_argon2id_and_nobodys_takes_its_time() -> None:
    passwords = Passwords()
    digest = await passwords.digest("four plain words here")
    assert digest.startswith("$argon2id$")
    assert await passwords.right(digest, "four plain words here")
    assert not await passwords.right(digest, "four plain words")
    assert not await passwords.right(None, "four plain words here")
    assert not await passwords.right("no digest at all", "x")
    assert digest_now("x") != digest_now("x")


@given(st.text(max_size=200))
def test_no_text_but_ones_own_is_a_form_token(text: str) -> None:
    assert own_token("secret", form_token("secret"))
    assert not own_token("another", form_token("secret"))
    assert not own_token("secret", text)


def test_a_form_token_looks_different_in_every_page() -> None:
    assert len({form_token("secret") for _ in range(20)}) == 20
