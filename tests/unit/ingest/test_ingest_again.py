"""Said again on topics that know nothing: what was on its way goes on."""

from itertools import count

from contracts import events as e
from contracts.topics import JUDGED
from services.ingest.again import say_again
from tests.unit.ingest.world import NATIONAL, NOW, Fault, Killed, Outbox, World, direct, judgement, message, report


async def test_wherever_ingest_ended_an_accepted_part_is_joined_once_it_is_said_again() -> None:
    for at in count(1):
        world = World("flow_through")
        await world.deliver(direct(report()))
        (part,) = world.outbox.of(e.ReportRecorded)
        world.fault.effects, world.fault.at = 0, at
        try:
            await world.deliver(judgement(part))
        except Killed:
            ended = True
        else:
            ended = False
        world.fault.at = None
        new = Outbox(Fault())
        await say_again(world.store, new, lambda: NOW, {})
        for topic, _, event in new.told:
            if topic == JUDGED.name:
                await world.deliver(message(event.data, JUDGED, "vrs/ingest", event.id))
            elif isinstance(event.data, e.ReportRecorded):
                await world.deliver(judgement(event.data))
        assert 1 in world.states(NATIONAL), f"ended at effect {at}"
        if not ended:
            break
