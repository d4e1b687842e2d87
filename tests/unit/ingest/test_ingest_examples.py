"""The example of every event that ingest reads goes through it, alone and again."""

import pytest

from contracts.topics import JUDGED, RECORDED, SUBMISSIONS
from runtime.message import Message
from services.ingest.app import SENT, TOLD
from tests.contracts.event_examples import load
from tests.unit.ingest.world import World, assert_done


def test_every_event_of_both_topics_is_read() -> None:
    assert set(SENT) == set(SUBMISSIONS.payloads)
    assert set(TOLD) == set(JUDGED.payloads)


@pytest.mark.parametrize("kind", [payload.type for payload in (*SENT, *TOLD)])
async def test_the_example_goes_through(kind: str) -> None:
    world, example = World(), load(kind)
    value, headers = example.message
    message = Message(example.topic, 0, 0, example.key.encode(), value, headers)
    assert_done(await world.deliver(message))
    before = world.summary()
    assert_done(await world.deliver(message))
    assert world.summary() == before


async def test_the_example_of_a_submission_is_published_to_be_judged() -> None:
    world, example = World(), load("vrs.submission.received.v1")
    value, headers = example.message
    await world.deliver(Message(example.topic, 0, 0, example.key.encode(), value, headers))
    assert [topic for topic, _, _ in world.outbox.told] == [RECORDED.name]
