"""Keys of agencies: who makes and revokes them, what they open, and what nobody learns from a refusal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import AgencyChanged
from contracts.records import Agency
from runtime.outcome import NotNow
from services.gateway.keys import key as keys
from services.gateway.keys.key import MOST_GOOD, Key
from services.gateway.keys.keyring import FRESH_SECONDS, WRONG_PER_MINUTE, Keyring, TooManyWrong
from services.gateway.keys.store import MemoryKeys
from services.gateway.subject import Subject
from services.gateway.tokens import Untrusted
from tests.unit.gateway.conftest import NOW, World

TH, PATH = "focal-point:TH", "/participants/TH/agencies/TH-IMM/keys"


class Clocks:
    """The wall's and the process's own, which go on together."""

    def __init__(self) -> None:
        self.past = timedelta()

    def now(self) -> Any:
        return NOW + self.past

    def monotonic(self) -> float:
        return self.past.total_seconds()


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def ring(world: World, clocks: Clocks) -> Keyring:
    world.view.directory.put(Agency(participant="TH", id="TH-IMM", name="Immigration Bureau"))
    return Keyring(MemoryKeys(), world.gateway.view, clocks.now, clocks.monotonic)


async def kept(ring: Keyring, **changes: Any) -> str:
    """A key of TH-IMM for a year; its text."""
    secret = keys.new_secret()
    one = Key(keys.new_id(), "TH", "TH-IMM", keys.digest(secret), NOW, TH, NOW + timedelta(days=365))
    await ring.store.add(replace(one, **changes))
    return keys.written(one.id, secret)


def named(text: str) -> str:
    sent = keys.read(text)
    assert sent is not None
    return sent.id


@given(st.integers(0, 89), st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyz_ "))
def test_a_key_with_one_wrong_letter_is_no_key(place: int, letter: str) -> None:
    text = keys.written(keys.new_id(), keys.new_secret())
    assert keys.read(text) is not None
    wrong = text[:place] + letter + text[place + 1 :]
    assert (keys.read(wrong) is None) == (wrong != text)


def test_what_is_kept_of_a_key_does_not_hold_its_secret() -> None:
    secret = keys.new_secret()
    assert len(secret) * 4 == 256
    one = Key(keys.new_id(), "TH", "TH-IMM", keys.digest(secret), NOW, TH, NOW)
    assert secret not in repr(one)
    assert one.opens_with(secret)
    assert not one.opens_with(keys.new_secret())


async def test_a_key_speaks_for_its_agency(ring: Keyring) -> None:
    text = await kept(ring)
    assert await ring.bearer(text, "a") == Subject(f"key {named(text)}", "agency", "TH", "TH-IMM")


async def test_only_who_has_the_secret_learns_that_a_key_is_over(ring: Keyring) -> None:
    revoked = await kept(ring, revoked_at=NOW, revoked_by="centre")
    expired = await kept(ring, expires_at=NOW)
    for text, word in ((revoked, "was revoked on 2013-07-20"), (expired, "expired on 2013-07-20")):
        with pytest.raises(Untrusted, match=word):
            await ring.bearer(text, "a")
    guesses = [keys.written(named(one), keys.new_secret()) for one in (revoked, expired, await kept(ring))]
    told = set()
    for text in (*guesses, keys.written(keys.new_id(), keys.new_secret())):
        with pytest.raises(Untrusted) as refused:
            await ring.bearer(text, "b")
        told.add(str(refused.value))
    assert told == {"there is no such key"}


async def test_a_key_is_looked_up_once_in_five_seconds_and_a_revocation_elsewhere_is_seen_then(
    ring: Keyring, clocks: Clocks
) -> None:
    assert isinstance(ring.store, MemoryKeys)
    text = await kept(ring, last_used_at=NOW)
    for _ in range(100):
        await ring.bearer(text, "a")
    assert ring.store.looks == 1
    await ring.store.revoke("TH-IMM", named(text), NOW, "centre")  # as another gateway does
    clocks.past += timedelta(seconds=FRESH_SECONDS)
    with pytest.raises(Untrusted, match="revoked"):
        await ring.bearer(text, "a")


async def test_a_revocation_here_counts_at_the_next_call(ring: Keyring) -> None:
    text, other = await kept(ring), await kept(ring)
    await ring.bearer(text, "a")
    await ring.revoke("TH-IMM", named(text), "centre")
    with pytest.raises(Untrusted, match="revoked"):
        await ring.bearer(text, "a")
    await ring.bearer(other, "a")


async def test_a_key_expires_while_it_is_remembered(ring: Keyring, clocks: Clocks) -> None:
    text = await kept(ring, expires_at=NOW + timedelta(seconds=2))
    await ring.bearer(text, "a")
    clocks.past += timedelta(seconds=2)
    with pytest.raises(Untrusted, match="expired"):
        await ring.bearer(text, "a")


async def test_the_last_use_is_written_down_once_an_hour(ring: Keyring, clocks: Clocks) -> None:
    text = await kept(ring)
    seen = set()
    for _ in range(9):
        await ring.bearer(text, "a")
        found = await ring.store.key(named(text))
        assert found is not None
        seen.add(found.last_used_at)
        clocks.past += timedelta(minutes=20)
    assert seen == {NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)}


async def test_a_use_that_cannot_be_written_down_refuses_nobody(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise NotNow("mongo is away")

    monkeypatch.setattr(ring.store, "used", away)
    assert (await ring.bearer(await kept(ring), "a")).agency == "TH-IMM"


async def test_many_wrong_keys_from_an_address_are_looked_up_no_more_and_hold_up_nobody_else(ring: Keyring) -> None:
    assert isinstance(ring.store, MemoryKeys)
    good, fresh = await kept(ring, last_used_at=NOW), await kept(ring, last_used_at=NOW)
    await ring.bearer(good, "a")
    for _ in range(WRONG_PER_MINUTE):
        with pytest.raises(Untrusted):
            await ring.bearer(keys.written(keys.new_id(), keys.new_secret()), "a")
    looks = ring.store.looks
    with pytest.raises(TooManyWrong):
        await ring.bearer(keys.written(keys.new_id(), keys.new_secret()), "a")
    assert ring.store.looks == looks
    await ring.bearer(good, "a")
    await ring.bearer(fresh, "b")


async def test_a_key_of_an_agency_that_has_ended_is_refused(ring: Keyring, world: World) -> None:
    text = await kept(ring)
    await ring.bearer(text, "a")
    world.view.directory.put(Agency(participant="TH", id="TH-IMM", name="Immigration Bureau", active=False))
    with pytest.raises(Untrusted, match="TH-IMM has ended"):
        await ring.bearer(text, "a")


# --- Over HTTP


async def agency(world: World) -> None:
    assert (await world.put("centre", PATH.removesuffix("/keys"), {"name": "Immigration Bureau"})).status_code == 200


async def with_key(world: World, key: str, path: str = "/cycles") -> Any:
    return await world.call(None, "GET", path, headers={"Authorization": f"Bearer {key}"})


@pytest.mark.parametrize("who", ["centre", TH])
async def test_a_key_is_made_shown_once_used_and_revoked(
    world: World, report: dict[str, Any], who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await agency(world)
    answer = await world.post(who, PATH, {"days": 30})
    made = answer.json()
    assert (answer.status_code, made["expires_at"]) == (201, "2013-08-19T12:00:00Z")
    assert answer.headers["cache-control"] == "no-store"
    text = made["key"]
    sent = await world.call(
        None, "POST", "/submissions", json={**report, "agency": "TH-IMM"}, headers={"Authorization": f"Bearer {text}"}
    )
    assert sent.status_code == 202
    assert world.outbox.published[-1].data.sender.name == "agency:TH:TH-IMM"
    listed = (await world.get(TH, PATH)).json()["items"]
    assert [(one["id"], one["state"], one["made_by"]) for one in listed] == [(made["id"], "good", who)]
    assert text not in str(listed)
    for _ in range(2):
        assert (await world.call(who, "DELETE", f"{PATH}/{made['id']}")).json() == {"id": made["id"], "active": False}
    refused = await with_key(world, text)
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert "was revoked on 2013-07-20" in refused.json()["detail"]
    assert (await world.get(TH, PATH)).json()["items"][0]["revoked_by"] == who
    told = "".join(capsys.readouterr())
    assert f"key={made['id']}" in told
    assert f"by='test {who}'" in told
    assert text.removeprefix(f"vrsk_{made['id']}_")[:64] not in told


async def test_nobody_else_has_to_do_with_a_states_keys(world: World) -> None:
    await agency(world)
    made = (await world.post(TH, PATH)).json()
    for who, status in (("analyst:TH", 403), ("operator", 403), ("agency:TH:TH-IMM", 403), ("focal-point:MY", 404)):
        assert (await world.get(who, PATH)).status_code == status, who
        assert (await world.call(who, "DELETE", f"{PATH}/{made['id']}")).status_code == status, who
        assert (await world.post(who, PATH)).status_code == 403, who
    by_key = {"Authorization": f"Bearer {made['key']}"}
    assert (await world.call(None, "POST", PATH, headers=by_key)).status_code == 403
    assert (await with_key(world, made["key"])).status_code == 200


async def test_a_key_is_revoked_through_its_own_agency_alone(world: World) -> None:
    await agency(world)
    await world.put("centre", "/participants/TH/agencies/TH-NAVY", {"name": "Navy"})
    made = (await world.post(TH, PATH)).json()
    for name in (made["id"], "x" * 12, "%00", "é"):
        other = f"/participants/TH/agencies/TH-NAVY/keys/{name}"
        assert (await world.call(TH, "DELETE", other)).status_code == 404, name
    assert (await with_key(world, made["key"])).status_code == 200


async def test_an_agency_has_five_good_keys_at_most_and_every_age_has_its_limit(world: World) -> None:
    await agency(world)
    for days in (0, 731, "30", 1.5):
        assert (await world.post(TH, PATH, {"days": days})).status_code == 422, days
    made = [(await world.post(TH, PATH)).json() for _ in range(MOST_GOOD)]
    assert {one["expires_at"] for one in made} == {"2014-07-20T12:00:00Z"}
    assert (await world.post(TH, PATH)).status_code == 409
    await world.call(TH, "DELETE", f"{PATH}/{made[0]['id']}")
    assert (await world.post(TH, PATH)).status_code == 201
    own = {"id": "0123456789ab"}
    await world.call(TH, "DELETE", f"{PATH}/{made[1]['id']}")
    assert [(await world.post(TH, PATH, own)).status_code for _ in range(2)] == [201, 409]
    first = (await world.get(TH, PATH, limit=4)).json()
    rest = (await world.get(TH, PATH, cursor=first["next"])).json()
    assert len({one["id"] for one in (*first["items"], *rest["items"])}) == MOST_GOOD + 2


async def test_the_keys_of_an_agency_that_ends_are_over_also_where_it_begins_again(world: World) -> None:
    await agency(world)
    text = (await world.post(TH, PATH)).json()["key"]
    assert (await with_key(world, text)).status_code == 200
    await world.call(TH, "DELETE", PATH.removesuffix("/keys"))
    assert (await with_key(world, text)).status_code == 401
    await agency(world)
    assert (await with_key(world, text)).status_code == 401
    assert (await world.post(TH, PATH)).status_code == 201


async def test_the_tokens_and_keys_of_an_agency_that_has_ended_are_refused_until_it_begins_again(world: World) -> None:
    await agency(world)
    key = (await world.post(TH, PATH)).json()["key"]
    for _ in range(2):
        assert (await world.get("agency:TH:TH-IMM", "/cycles")).status_code == 200
        # As another gateway sees it that has not heard that the keys are revoked.
        ended = Agency(participant="TH", id="TH-IMM", name="Immigration Bureau", active=False)
        world.view.waiting.append(AgencyChanged(record=ended, changed_at=NOW))
        await world.gateway.view.refresh()
        refused = await world.get("agency:TH:TH-IMM", "/cycles")
        assert (refused.status_code, "TH-IMM has ended" in refused.json()["detail"]) == (401, True)
        assert (await with_key(world, key)).status_code == 401
        assert (await world.get(TH, "/cycles")).status_code == 200
        await agency(world)


async def test_a_call_of_an_agency_reads_whether_it_has_ended(world: World) -> None:
    ended = Agency(participant="TH", id="TH-IMM", name="Immigration Bureau", active=False)
    world.view.waiting.append(AgencyChanged(record=ended, changed_at=NOW))
    assert (await world.get("agency:TH:TH-IMM", "/template/ort/1")).status_code == 401


async def test_an_agency_is_answered_while_nobody_can_read_whether_it_has_ended(world: World) -> None:
    world.view.away = True
    assert (await world.get("agency:TH:TH-IMM", "/template/ort/1")).status_code == 200


async def test_wrong_keys_are_401_and_too_many_of_them_429(world: World) -> None:
    unknown = keys.written(keys.new_id(), keys.new_secret())
    for text in ("vrsk_", unknown[:-1], unknown):
        assert (await with_key(world, text)).status_code == 401, text
    assert "mistyped" in (await with_key(world, unknown[:-1])).json()["detail"]
    statuses = [(await with_key(world, unknown)).status_code for _ in range(WRONG_PER_MINUTE)]
    assert statuses[-1] == 429
    answer = await with_key(world, unknown)
    assert answer.headers["retry-after"] == "60"
