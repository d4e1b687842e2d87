"""Commands about what was sent: explaining, reviewing, withdrawing, releasing."""

from typing import Any

from contracts.events import ExplanationsGiven, ReleaseRequested, ReviewRequested, WithdrawalRequested
from tests.in_threads import in_threads
from tests.unit.gateway.conftest import World
from tests.unit.gateway.test_gateway_reading import IDS, revision, submission

TH = "focal-point:TH"
IMM = "agency:TH:TH-IMM"
WHY = [{"pointer": "/answers/illegal_entries.total", "comment": "A new register."}]


async def test_explanations_are_published_for_a_submission_that_waits_for_them(world: World) -> None:
    world.reads.add("submissions", submission(world, "a", state="needs_explanation"))
    answer = await world.post(TH, f"/submissions/{IDS['a']}/explanations", WHY)
    assert answer.status_code == 202
    assert answer.json()["status_url"] == f"/api/v1/submissions/{IDS['a']}"
    [sent] = world.outbox.published
    assert isinstance(sent.data, ExplanationsGiven)
    assert (sent.topic, sent.key, sent.data.submission_id) == ("vrs.submissions", "TH", IDS["a"])
    assert sent.data.command_id == answer.json()["id"]
    again = await world.post(TH, f"/submissions/{IDS['a']}/explanations", WHY)
    assert again.json() == answer.json()


async def test_a_submission_that_does_not_wait_for_explanations_is_409(world: World) -> None:
    world.reads.add("submissions", submission(world, "a"))
    assert (await world.post(TH, f"/submissions/{IDS['a']}/explanations", WHY)).status_code == 409


async def test_explanations_are_shaped_screened_and_ones_own(world: World) -> None:
    world.reads.add("submissions", submission(world, "a", state="needs_explanation"))
    path = f"/submissions/{IDS['a']}/explanations"
    bad: list[Any] = [
        [],
        {},
        [{"pointer": "x", "comment": "c"}],
        [{"pointer": "/x", "comment": ""}],
        [{"pointer": "/x", "comment": "c", "more": 1}],
        [{"pointer": "/x", "comment": "ask jane.doe@example.org"}],
    ]
    for body in bad:
        answer = await world.post(TH, path, body)
        assert answer.status_code == 422, body
        assert "jane" not in answer.text
    # Whether it is there for the asker comes first: looking through a text takes its time.
    assert (await world.post("focal-point:MY", path, bad[-1])).status_code == 404
    assert (await world.post("analyst:TH", path, WHY)).status_code == 403
    assert (await world.post("centre", path, WHY)).status_code == 403
    assert not world.outbox.published


async def test_texts_are_looked_through_while_others_are_served(world: World) -> None:
    world.reads.add("submissions", submission(world, "a", state="needs_explanation"))
    threads = in_threads()
    assert (await world.post(TH, f"/submissions/{IDS['a']}/explanations", WHY)).status_code == 202
    assert threads == ["personal_data"]


async def test_an_agency_explains_its_own_part(world: World) -> None:
    world.reads.add("submissions", submission(world, "a", state="needs_explanation", agency="TH-IMM"))
    assert (await world.post(IMM, f"/submissions/{IDS['a']}/explanations", WHY)).status_code == 202


async def test_the_centre_verifies_the_revision_in_force(world: World) -> None:
    world.reads.add("reports", revision(world, "TH", 1, state="superseded"), revision(world, "TH", 2))
    answer = await world.post("centre", "/reports/TH/2013-H1/verification", {"outcome": "verified"})
    assert answer.status_code == 202
    assert answer.json()["status_url"] == f"/api/v1/submissions/{answer.json()['id']}"
    [sent] = world.outbox.published
    assert isinstance(sent.data, ReviewRequested)
    assert (sent.data.revision, sent.data.outcome, sent.data.sender.name) == (2, "verified", "centre")


async def test_a_correction_needs_a_reason_and_the_revision_that_was_looked_at(world: World) -> None:
    world.reads.add("reports", revision(world, "TH", 2))
    path = "/reports/TH/2013-H1/verification"
    assert (await world.post("centre", path, {"outcome": "correction_requested"})).status_code == 422
    wanted = {"outcome": "correction_requested", "reason": "The total.", "pointers": ["/answers/x"]}
    assert (await world.post("centre", path, {**wanted, "revision": 1})).status_code == 409
    assert (await world.post("centre", path, {**wanted, "revision": 2})).status_code == 202
    assert (await world.post("centre", "/reports/MY/2013-H1/verification", wanted)).status_code == 404


async def test_a_word_that_stands_is_the_same_word_and_after_another_it_is_a_new_one(world: World) -> None:
    one = revision(world, "TH")
    world.reads.add("reports", one)
    path, verified = "/reports/TH/2013-H1/verification", {"outcome": "verified"}
    first = (await world.post("centre", path, verified)).json()["id"]
    assert (await world.post("centre", path, verified)).json()["id"] == first
    one["review"] = {"command_id": first, "outcome": "verified", "reason": "", "pointers": []}
    one["state"] = "verified"
    assert (await world.post("centre", path, verified)).json()["id"] == first
    one["review"] = {"command_id": "later", "outcome": "correction_requested", "reason": "r", "pointers": []}
    one["state"] = "correction_requested"
    assert (await world.post("centre", path, verified)).json()["id"] != first


async def test_only_the_centre_reviews(world: World) -> None:
    world.reads.add("reports", revision(world, "TH"))
    for who in (TH, IMM, "analyst:TH", "operator"):
        answer = await world.post(who, "/reports/TH/2013-H1/verification", {"outcome": "verified"})
        assert answer.status_code == 403, who


async def test_a_withdrawal_is_a_command_with_a_status_of_its_own(world: World) -> None:
    world.reads.add("reports", revision(world, "TH"))
    answer = await world.post(TH, "/reports/TH/2013-H1/withdraw", {"reason": "Counted twice."})
    assert answer.status_code == 202
    [sent] = world.outbox.published
    assert isinstance(sent.data, WithdrawalRequested)
    assert answer.json()["status_url"] == f"/api/v1/submissions/{sent.data.command_id}"


async def test_withdrawing_twice_is_once_and_withdrawing_the_next_return_is_another(world: World) -> None:
    path, body = "/reports/TH/2013-H1/withdraw", {"reason": "Counted twice."}
    world.reads.add("reports", revision(world, "TH"))
    first = (await world.post(TH, path, body)).json()["id"]
    world.reads.add("reports", revision(world, "TH", 2, kind="withdrawal", state="withdrawn"))
    assert (await world.post(TH, path, body)).json()["id"] == first
    world.reads.add("reports", revision(world, "TH", 3))
    assert (await world.post(TH, path, body)).json()["id"] != first


async def test_only_ones_own_return_can_be_withdrawn(world: World) -> None:
    world.reads.add("reports", revision(world, "TH"))
    path = "/reports/TH/2013-H1/withdraw"
    for who in ("focal-point:MY", "centre", IMM, "analyst:TH", "operator"):
        assert (await world.post(who, path, {"reason": "r"})).status_code == 403, who
    for body in ({}, {"reason": ""}, {"reason": "call +66 81 234 5678"}, {"reason": "r", "x": 1}):
        assert (await world.post(TH, path, body)).status_code == 422, body
    assert (await world.post(TH, "/reports/TH/2012/withdraw", {"reason": "r"})).status_code == 404
    assert not world.outbox.published


async def test_a_release_joins_the_parts_in_force(world: World) -> None:
    path = "/reports/TH/2013-H1/release"
    assert (await world.post(TH, path)).status_code == 409
    world.reads.add("reports", revision(world, "TH", agency="TH-IMM"))
    first = await world.post(TH, path)
    assert first.status_code == 202
    [sent] = world.outbox.published
    assert isinstance(sent.data, ReleaseRequested)
    assert (await world.post(TH, path)).json() == first.json()
    world.reads.add("reports", revision(world, "TH", 2, agency="TH-IMM"))
    assert (await world.post(TH, path)).json() != first.json()
    assert (await world.post("focal-point:MY", path)).status_code == 403
    assert (await world.post(IMM, path)).status_code == 403


async def test_with_a_key_the_same_command_is_the_same_whatever_has_happened_since(world: World) -> None:
    path, body = "/reports/TH/2013-H1/withdraw", {"reason": "Counted twice."}
    world.reads.add("reports", revision(world, "TH"))
    first = (await world.post(TH, path, body, Idempotency_Key="w")).json()["id"]
    world.reads.add("reports", revision(world, "TH", 2))
    assert (await world.post(TH, path, body, Idempotency_Key="w")).json()["id"] == first


async def test_kafka_away_is_503_for_commands_too(world: World) -> None:
    world.reads.add("reports", revision(world, "TH"))
    world.outbox.away = True
    assert (await world.post(TH, "/reports/TH/2013-H1/withdraw", {"reason": "r"})).status_code == 503
