"""Signing in, staying signed in, signing out."""

import asyncio
from datetime import timedelta
from html import escape
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contracts.events import AgencyChanged
from contracts.records import Agency
from services.gateway.portal.accounts.rules import FREE_TRIES_ACCOUNT, LONGEST_WAIT
from services.gateway.portal.portal import Portal
from services.gateway.portal.signing_in.session import refused_until, take_try
from tests.unit.portal.conftest import PASSWORD, Visit, Visitor, World, user

WRONG = "The login or the password is not right."


async def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(visitor: Visit) -> None:
    nobody = await visitor(None)
    answer = await nobody.get("/account/password")
    assert (answer.status_code, answer.url.path) == (200, "/sign-in")
    answer = await nobody.post("/sign-in", login="focal-point-th", password=PASSWORD, back="/account/password")
    assert (answer.status_code, answer.url.path) == (200, "/account/password")


@pytest.mark.parametrize("login", ["focal-point-th", "nobody-of-that-name", "", "x" * 5000, "<script>"])
async def test_every_wrong_try_gets_the_same_words_and_keeps_the_login(visitor: Visit, login: str) -> None:
    nobody = await visitor(None)
    answer = await nobody.sign_in(login, "not the password")
    assert answer.status_code == 403
    assert WRONG in answer.text
    assert "<title>Error:" in answer.text
    assert f'value="{escape(login[:100])}"' in answer.text
    assert "<script>" not in answer.text


async def test_a_user_that_was_ended_is_signed_out_and_may_not_sign_in(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    there = await world.accounts.user("focal-point-th")
    assert there is not None
    assert await world.accounts.put(there.changed(world.clock.now, active=False))
    assert (await thailand.get("/")).url.path == "/sign-in"
    assert WRONG in (await thailand.sign_in("focal-point-th")).text


async def test_a_user_of_an_agency_that_has_ended_is_signed_out_and_may_not_sign_in(
    visitor: Visit, world: World
) -> None:
    immigration, thailand = await visitor("agency:TH:TH-IMM"), await visitor("focal-point:TH")
    assert (await immigration.get("/")).url.path == "/"
    ended = Agency(participant="TH", id="TH-IMM", name="Immigration Bureau", active=False)
    world.view.waiting.append(AgencyChanged(record=ended, changed_at=world.clock.now))
    await world.gateway.view.refresh()
    assert (await immigration.get("/")).url.path == "/sign-in"
    assert WRONG in (await immigration.sign_in("agency-th-th-imm")).text
    assert (await thailand.get("/")).url.path == "/"


async def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(world: World) -> None:
    async with world.new_client() as client:
        client.follow_redirects = False
        one = Visitor(client)
        answer = await one.sign_in("centre")
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-vrs=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie


async def test_a_session_ends_when_idle_and_in_any_case_after_its_longest_time(visitor: Visit, world: World) -> None:
    idle = await visitor("focal-point:TH")
    world.clock.go_on(timedelta(minutes=59))
    assert (await idle.get("/")).url.path == "/"
    world.clock.go_on(timedelta(minutes=59))
    assert (await idle.get("/")).url.path == "/"
    world.clock.go_on(timedelta(minutes=61))
    assert "Your session has ended" in (await idle.get("/")).text
    busy = await visitor("focal-point:TH")
    for _ in range(24):
        world.clock.go_on(timedelta(minutes=30))
        last = await busy.get("/")
    assert last.url.path == "/sign-in"


async def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(visitor: Visit) -> None:
    thailand = await visitor("focal-point:TH")
    await thailand.get("/")
    cookies = dict(thailand.client.cookies)
    assert "You have signed out." in (await thailand.post("/sign-out")).text
    thailand.client.cookies.update(cookies)
    assert (await thailand.get("/")).url.path == "/sign-in"


async def test_after_five_wrong_tries_even_the_right_password_has_to_wait(visitor: Visit, world: World) -> None:
    nobody = await visitor(None)
    for _ in range(5):
        assert WRONG in (await nobody.sign_in("focal-point-th", "wrong")).text
    answer = await nobody.sign_in("focal-point-th")
    assert (answer.status_code, "Too many tries" in answer.text) == (429, True)
    assert WRONG in (await nobody.sign_in("centre", "wrong")).text, "another account is not held up"
    world.clock.go_on(timedelta(minutes=5))
    assert (await nobody.sign_in("focal-point-th")).url.path == "/"


async def test_a_whole_ministry_behind_one_address_can_sign_in(visitor: Visit) -> None:
    for _ in range(40):
        await visitor("focal-point:TH")


async def test_a_hundred_tries_at_once_count_as_a_hundred(visitor: Visit) -> None:
    nobody = await visitor(None)
    await nobody.get("/sign-in")
    tries = [nobody.post("/sign-in", login="focal-point-th", password=f"guess {n}") for n in range(100)]
    answers = await asyncio.gather(*tries)
    assert sum(WRONG in one.text for one in answers) <= 10


async def test_a_hundred_tries_that_all_read_before_any_goes_on_are_not_all_allowed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(function: Any) -> Any:
        async def waiting(*given: Any) -> Any:
            await asyncio.sleep(0)
            answer = await function(*given)
            await asyncio.sleep(0)
            return answer

        return waiting

    for name in ("tries", "tried"):
        monkeypatch.setattr(world.accounts, name, late(getattr(world.accounts, name)))
    portal = cast(Portal, SimpleNamespace(accounts=world.accounts, gateway=world.gateway, now=world.clock))
    answers = await asyncio.gather(*(take_try(portal, "focal-point-th", "address") for _ in range(100)))
    assert sum(one is not None for one in answers) <= FREE_TRIES_ACCOUNT
    assert await refused_until(portal, "focal-point-th") == world.clock.now + LONGEST_WAIT, "refused ones stay counted"


async def test_without_a_session_little_is_read_and_with_an_ended_one_nothing_is_cut(
    visitor: Visit, world: World
) -> None:
    nobody = await visitor(None)
    large, many = {"back": "x" * 65_536}, {f"a{n}": "1" for n in range(50)}
    assert (await nobody.post("/sign-in", to="/sign-in", **large)).status_code == 413
    assert (await nobody.post("/sign-in", to="/sign-in", **many)).status_code == 400
    nobody.client.cookies.set("__Host-vrs", "made-up", domain="portal.example")
    assert (await nobody.post("/sign-in", **large)).status_code == 413
    thailand = await visitor("focal-point:TH")
    assert (await thailand.post("/account/password", to="/account/password", **large, **many)).status_code == 422
    world.clock.go_on(timedelta(hours=2))
    answer = await thailand.post("/account/password", **large, **many)
    assert 'name="kept:a49"' in answer.text
    kept = {f"kept:{name}": value for name, value in (large | many).items()}
    answer = await thailand.post("/sign-in", login="focal-point-th", password=PASSWORD, again="/", **kept)
    assert 'name="a49"' in answer.text


async def test_a_form_without_its_own_token_or_from_elsewhere_is_refused(visitor: Visit) -> None:
    thailand = await visitor("focal-point:TH")
    await thailand.get("/account/password")
    good = thailand.token
    for token in ("", "x", good[:-4] + "AAAA", (await visitor("centre")).token):
        thailand.token = token
        answer = await thailand.client.post("/sign-out", data={"csrf_token": token})
        assert answer.status_code == 403, token
    refused = await thailand.client.post(
        "/sign-out", data={"csrf_token": good}, headers={"Origin": "https://elsewhere.example"}
    )
    assert refused.status_code == 403
    assert (await thailand.get("/")).url.path == "/"


async def test_what_is_sent_after_the_sessions_end_is_kept_and_sent_after_signing_in(
    visitor: Visit, world: World
) -> None:
    thailand = await visitor("focal-point:TH")
    await thailand.get("/account/password")
    world.clock.go_on(timedelta(hours=2))
    answer = await thailand.post("/account/password", note='<b>"kept"</b>', new_password="never kept anywhere")
    assert answer.status_code == 403
    assert 'name="kept:note" value="&lt;b&gt;&#34;kept&#34;&lt;/b&gt;"' in answer.text
    assert "never kept anywhere" not in answer.text
    fields = {"kept:note": "kept", "again": "/account/password"}
    answer = await thailand.post("/sign-in", login="focal-point-th", password=PASSWORD, **fields)
    assert 'action="/account/password"' in answer.text
    assert 'name="note" value="kept"' in answer.text
    again = await thailand.post("/account/password", note="kept")
    assert again.status_code == 422, "its token is one of the new session"


async def test_a_page_that_saves_by_itself_after_the_sessions_end_stays_and_says_so(
    visitor: Visit, world: World
) -> None:
    thailand = await visitor("focal-point:TH")
    page = "/returns/2013-H1/TH/illegal_entries.total"
    await thailand.get(page)
    token = thailand.token
    world.clock.go_on(timedelta(hours=2))
    thailand.client.headers["HX-Request"] = "true"
    answer = await thailand.post(page, do="autosave", value="100")
    assert (answer.status_code, answer.url.path) == (200, page), "htmx shows no other answer"
    assert "Not saved: your session has ended." in answer.text
    assert "hx-redirect" not in answer.headers
    del thailand.client.headers["HX-Request"]
    thailand.token = token
    assert 'name="kept:value" value="100"' in (await thailand.post(page, do="save", value="100")).text


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example"]
)
async def test_a_way_back_never_leads_to_another_host(visitor: Visit, back: str) -> None:
    nobody = await visitor(None)
    answer = await nobody.post("/sign-in", to="/sign-in", login="centre", password=PASSWORD, back=back)
    assert str(answer.url) == "https://portal.example/"
    assert str((await nobody.get("/language/en", back=back)).url) == "https://portal.example/"


async def test_a_change_of_password_signs_out_everywhere_else(visitor: Visit) -> None:
    here, there = await visitor("focal-point:TH"), await visitor("focal-point:TH")
    new = "quite another set of words"
    wrong = await here.post(
        "/account/password", to="/account/password", old_password="x", new_password="short", again=""
    )
    assert (wrong.status_code, wrong.text.count("govuk-error-message")) == (422, 2)
    answer = await here.post(
        "/account/password", to="/account/password", old_password=PASSWORD, new_password=new, again=new
    )
    assert "Your password is changed." in answer.text
    assert (await here.get("/")).url.path == "/"
    assert (await there.get("/")).url.path == "/sign-in"
    assert WRONG in (await there.sign_in("focal-point-th", PASSWORD)).text
    assert (await there.sign_in("focal-point-th", new)).url.path == "/"


def test_a_user_is_a_subject_of_its_role() -> None:
    one = user("agency:TH:TH-IMM").subject
    assert (one.role, one.participant, one.agency) == ("agency", "TH", "TH-IMM")
