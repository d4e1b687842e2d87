"""Participants, focal points, agencies, users and notices: who keeps whom, and nobody sees another State's people."""

import re
from html import unescape

import pytest

from contracts.directory import Directory
from contracts.records import Agency, FocalPoint
from services.gateway.subject import Subject
from services.gateway.tokens import Untrusted
from tests.unit.portal.conftest import NOW, PASSWORD, Visit, World


def contacts(directory: Directory) -> None:
    directory.put(FocalPoint(participant="TH", id="desk", unit="Border desk", email="desk@th.example"))
    directory.put(Agency(participant="TH", id="TH-IMM", name="Immigration Bureau"))


async def test_everybody_sees_the_participants_and_only_their_own_contacts(visitor: Visit, world: World) -> None:
    contacts(world.view.directory)
    for who, sees in (("focal-point:TH", True), ("analyst:TH", True), ("focal-point:MY", False), ("operator", False)):
        text = (await (await visitor(who)).get("/participants/TH")).text.replace("<wbr>", "")
        assert "Asia/Bangkok" in text
        assert ("desk@th.example" in text) is sees, who
        assert ("Immigration Bureau" in text) is sees, who
    assert "To be nominated" in (await (await visitor("centre")).get("/participants")).text


async def test_a_focal_point_is_nominated_changed_and_ended(visitor: Visit, world: World) -> None:
    one = await visitor("focal-point:TH")
    path = "/participants/TH/focal-points"
    typed = {"id": "navy-desk", "unit": "Navy desk", "email": "navy@th.example"}
    assert "Navy desk" in (await one.post(f"{path}/new", to=f"{path}/new", **typed)).text
    taken = await one.post(f"{path}/new", to=f"{path}/new", **typed)
    assert (taken.status_code, "taken already" in taken.text) == (422, True)
    changed = await one.post(
        f"{path}/navy-desk/change", to=f"{path}/navy-desk/change", unit="Coast desk", email="c@th.example"
    )
    assert "Coast desk" in changed.text
    for _ in range(2):
        answer = await one.post(f"{path}/navy-desk/end", to="/participants/TH")
        assert "navy-desk is deactivated." in answer.text
    assert world.view.directory.focal_points("TH") == []


async def test_a_wrong_contact_comes_back_with_its_fields_marked(visitor: Visit, world: World) -> None:
    one = await visitor("focal-point:TH")
    path = "/participants/TH/agencies/new"
    answer = await one.post(path, to=path, id="TH-NAVY", name="", email="no address")
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert 'href="#email"' in answer.text
    assert 'value="no address"' in answer.text
    assert "begins with" in (await one.post(path, id="MY-NAVY", name="Navy")).text
    assert "a short name, for example TH-IMM" in (await one.post(path, id="navy of th", name="Navy")).text
    personal = await one.post(path, id="TH-NAVY", name="Call +66 81 234 5678")
    assert "personal data" in personal.text
    assert not world.topics.made
    assert "Navy" in (await one.post(path, id="th-navy", name="Navy")).text
    assert world.topics.made == ["TH-NAVY"]


@pytest.mark.parametrize("who", ["focal-point:MY", "analyst:TH", "agency:TH:TH-IMM", "operator"])
async def test_nobody_else_changes_a_states_contacts_or_setting(visitor: Visit, world: World, who: str) -> None:
    contacts(world.view.directory)
    one = await visitor(who)
    for path in ("focal-points/new", "agencies/TH-IMM/end", "focal-points/desk/change", "change", "release"):
        assert (await one.post(f"/participants/TH/{path}", to="/participants")).status_code == 403, path
    assert not world.outbox.published


async def test_the_centre_adds_a_participant_and_its_focal_point_sets_the_release(visitor: Visit, world: World) -> None:
    centre = await visitor("centre")
    path = "/participants/new"
    typed = {"code": "fj", "name": "Fiji", "kind": "state", "time_zone": "Nowhere/Town", "release": "focal_point"}
    wrong = await centre.post(path, to=path, **typed)
    assert (wrong.status_code, 'href="#time_zone"' in wrong.text) == (422, True)
    assert "Pacific/Fiji" in (await centre.post(path, **{**typed, "time_zone": "Pacific/Fiji"})).text
    assert "already" in (await centre.post(path, to=path, **typed)).text
    thailand = await visitor("focal-point:TH")
    answer = await thailand.post("/participants/TH/release", to="/participants/TH", release="flow_through")
    assert "The setting is saved." in answer.text
    found = world.view.directory.participant("TH")
    assert found is not None
    assert (found.release, found.name) == ("flow_through", "Thailand")


async def test_a_user_is_made_and_signs_in_with_the_password_that_was_shown_once(visitor: Visit, world: World) -> None:
    contacts(world.view.directory)
    one = await visitor("focal-point:TH")
    typed = {"login": "TH-Border", "role": "agency", "participant": "MY", "agency": "TH-IMM"}
    shown = await one.post("/users/new", to="/users/new", **typed)
    password = unescape(re.search(r"((?:\w{4}-){4}\w{4})", shown.text)[1])  # type: ignore[index]
    made = await world.accounts.user("th-border")
    assert made is not None
    assert (made.participant, made.agency, password in made.digest) == ("TH", "TH-IMM", False)
    assert password not in (await one.get("/users")).text
    other = await visitor(None)
    assert (await other.sign_in("th-border", password)).status_code == 200
    assert (await other.get("/")).status_code == 200
    again = await one.post("/users/new", to="/users/new", **typed)
    assert (again.status_code, "This login is taken." in again.text) == (422, True)


async def test_a_states_login_begins_with_its_code_so_that_taken_tells_nothing_of_another_state(
    visitor: Visit, world: World
) -> None:
    one, centre = await visitor("focal-point:TH"), await visitor("centre")
    answers = []
    for login in ("focal-point-my", "my-nobody-has-this", "thx", "th"):
        answer = await one.post("/users/new", to="/users/new", login=login, role="analyst")
        assert (answer.status_code, "taken" in answer.text) == (422, False), login
        answers.append("Begin the login with th-." in answer.text)
    assert answers[:3] == [True] * 3
    typed = {"login": "th-desk", "role": "analyst", "participant": "MY"}
    assert "Begin the login with my-." in (await centre.post("/users/new", to="/users/new", **typed)).text
    assert await world.accounts.user("th-desk") is None, "or a focal point could ask for it"


async def test_an_ended_user_is_out_at_once_and_a_new_password_ends_the_old_one(visitor: Visit, world: World) -> None:
    centre, thailand = await visitor("centre"), await visitor("focal-point:TH")
    for _ in range(2):
        assert "may sign in no more" in (await centre.post("/users/focal-point-th/end", to="/users")).text
    assert "Sign in" in (await thailand.get("/")).text
    assert "may sign in again" in (await centre.post("/users/focal-point-th/begin", to="/users")).text
    assert (await centre.post("/users/focal-point-th/password", to="/users")).status_code == 200
    assert (await (await visitor(None)).sign_in("focal-point-th", PASSWORD)).status_code == 403
    assert "cannot deactivate your own" in (await centre.post("/users/centre/end", to="/users")).text
    kept = await world.accounts.user("centre")
    assert kept is not None
    assert kept.active


async def test_a_focal_point_keeps_users_of_its_own_state_only(visitor: Visit, world: World) -> None:
    one = await visitor("focal-point:TH")
    text = (await one.get("/users")).text
    assert "analyst-th" in text
    assert "focal-point-my" not in text
    for login in ("focal-point-my", "centre", "nobody-here"):
        assert (await one.post(f"/users/{login}/end", to="/users")).status_code == 404
        assert (await one.post(f"/users/{login}/password", to="/users")).status_code == 404
    for role in ("centre", "operator", "nonsense"):
        answer = await one.post("/users/new", to="/users/new", login="a-new-one", role=role)
        assert (answer.status_code, "Choose a role" in answer.text) == (422, True), role
    assert await world.accounts.user("a-new-one") is None
    for who in ("analyst:TH", "agency:TH:TH-IMM", "operator"):
        assert (await (await visitor(who)).get("/users")).status_code == 403, who


async def test_notices_are_those_of_ones_own(visitor: Visit, world: World) -> None:
    mail = [{"kind": "email", "state": "sent"}]
    for one, participant in (("a", "TH"), ("b", "MY")):
        world.reads.add("notices", {"_id": one, "kind": "due_today", "cycle": "2013-H1", "participant": participant,
                                    "audience": "participant", "focal_point": f"{participant}-desk", "at": NOW,
                                    "channels": mail})  # fmt: skip
    text = (await (await visitor("focal-point:TH")).get("/notices")).text
    assert "TH-desk" in text
    assert "MY-desk" not in text
    assert "No notice has gone out." in (await (await visitor("centre")).get("/notices")).text
    operator = (await (await visitor("operator")).get("/notices")).text
    assert "E-mail" in operator
    assert "desk" not in operator
    assert (await (await visitor("analyst:TH")).get("/notices")).status_code == 403


KEYS = "/participants/TH/agencies/TH-IMM/keys"


@pytest.mark.parametrize("who", ["focal-point:TH", "centre"])
async def test_a_key_is_reached_from_the_participant_shown_once_and_revoked(
    visitor: Visit, world: World, who: str
) -> None:
    contacts(world.view.directory)
    one = await visitor(who)
    assert f'href="{KEYS}"' in (await one.get("/participants/TH")).text
    page = (await one.get(KEYS)).text
    name = re.search(r'name="name" value="([a-z0-9]{12})"', page)[1]  # type: ignore[index]
    shown = (await one.post(KEYS, days="90", name=name)).text
    key = re.search(r"vrsk_[a-z0-9]{12}_[0-9a-f]{72}", shown)[0]  # type: ignore[index]
    assert await world.gateway.keys.bearer(key, "a") == Subject(f"key {name}", "agency", "TH", "TH-IMM")
    twice = await one.post(KEYS, to=KEYS, days="90", name=name)
    assert (twice.status_code, "No key was made" in twice.text) == (422, True), "a double click"
    listed = (await one.get(KEYS)).text
    assert listed.count("Good") == 1
    assert key not in listed
    assert ("Focal point" if who != "centre" else "Centre") in listed
    revoked = (await one.post(f"{KEYS}/{name}/revoke")).text
    assert f"The key {name} is revoked." in revoked
    with pytest.raises(Untrusted, match="revoked"):
        await world.gateway.keys.bearer(key, "a")


async def test_a_key_whose_form_was_tampered_with_gets_a_name_of_its_own(visitor: Visit, world: World) -> None:
    contacts(world.view.directory)
    one = await visitor("focal-point:TH")
    for name in ("$where", "a" * 13, "' OR 1=1 --"):
        assert (await one.post(KEYS, days="90", name=name)).status_code == 200
    assert len(await world.gateway.keys.store.of_agency("TH-IMM")) == 3


async def test_a_key_of_no_age_in_the_list_is_not_made(visitor: Visit, world: World) -> None:
    contacts(world.view.directory)
    one = await visitor("focal-point:TH")
    for days in ("", "36500", "x"):
        answer = await one.post(KEYS, to=KEYS, days=days)
        assert (answer.status_code, 'href="#days"' in answer.text) == (422, True)
    assert await world.gateway.keys.store.of_agency("TH-IMM") == []


@pytest.mark.parametrize("who", ["focal-point:MY", "analyst:TH", "agency:TH:TH-IMM", "operator"])
async def test_nobody_else_sees_or_makes_an_agencys_keys(visitor: Visit, world: World, who: str) -> None:
    contacts(world.view.directory)
    one = await visitor(who)
    assert KEYS not in (await one.get("/participants/TH")).text
    assert (await one.get(KEYS)).status_code == 403
    assert (await one.post(KEYS, to="/participants", days="90")).status_code == 403
    assert (await one.post(f"{KEYS}/0123456789ab/revoke", to="/participants")).status_code in (403, 404)
