"""The view of cycles and participants where its clients fail, and where many ask at once."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaConnectionError

from contracts.events import CycleChanged
from contracts.records import Cycle
from contracts.topics import CYCLES
from contracts.wire import Event, encode
from runtime.outcome import NotNow
from runtime.reference import ReferenceView
from runtime.settings import ServiceSettings
from tests.broker import until

NOW = datetime(2013, 7, 1, tzinfo=UTC)
PLACE = TopicPartition(CYCLES.name, 0)


def opened(cycle: str) -> Any:
    record = Cycle(id=cycle, opens=date(2013, 7, 1), due=date(2013, 8, 31), closes=date(2013, 12, 31), expected=["TH"])
    value, headers = encode(Event(cycle, "vrs/test", NOW, CycleChanged(record=record, changed_at=NOW)))
    return ConsumerRecord(CYCLES.name, 0, 0, 0, 1, cycle.encode(), value, None, 0, 0, tuple(headers))


class Client:
    """Of a broker that holds ``records`` in one partition."""

    made: list["Client"] = []  # noqa: RUF012 - emptied before each test
    records: list[Any] = []  # noqa: RUF012
    answers: asyncio.Event
    refuses_number: int | None = None
    asked = 0

    def __init__(self, **_: Any) -> None:
        self.at = 0
        self.stopped = False
        self.hangs = False
        self.number = len(Client.made)
        Client.made.append(self)

    async def start(self) -> None:
        if self.number == Client.refuses_number:
            raise KafkaConnectionError("away")

    async def stop(self) -> None:
        self.stopped = True

    def assign(self, _: Any) -> None:
        pass

    async def seek_to_beginning(self, *_: Any) -> None:
        pass

    async def end_offsets(self, places: Any) -> dict[TopicPartition, int]:
        Client.asked += 1
        await Client.answers.wait()
        if self.hangs:
            await asyncio.Event().wait()
        return {one: len(Client.records) if one == PLACE else 0 for one in places}

    async def position(self, place: Any) -> int:
        return self.at if place == PLACE else 0

    async def getmany(self, *_: Any, **__: Any) -> dict[TopicPartition, list[Any]]:
        new, self.at = Client.records[self.at :], len(Client.records)
        return {PLACE: new}


@pytest.fixture(autouse=True)
def broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.reference.AIOKafkaConsumer", Client)
    Client.made, Client.records, Client.answers = [], [opened("2013-H1"), opened("2013-H2")], asyncio.Event()
    Client.answers.set()
    Client.refuses_number, Client.asked = None, 0


def cycles(view: ReferenceView) -> list[str]:
    return [one.id for one in view.directory.cycles()]


async def read(view: ReferenceView) -> bool:
    """Whether the view has come to the end: on a machine that stands still for a moment the time may be over before."""
    try:
        await view.refresh()
    except NotNow:
        return False
    return True


async def test_clients_that_do_not_answer_in_time_are_replaced_and_what_is_gone_is_known_no_more() -> None:
    view = ReferenceView(ServiceSettings(effect_timeout_seconds=0.2))
    await until("it to know both cycles", lambda: read(view))
    # Whoever has it keeps what the view says.
    directory = view.directory
    for one in Client.made:
        one.hangs = True
    Client.records = [opened("2013-H2")]
    with pytest.raises(NotNow):
        await view.refresh()
    assert cycles(view) == ["2013-H1", "2013-H2"]
    await until("new clients to have read what is there now", lambda: read(view))
    assert cycles(view) == ["2013-H2"]
    assert view.directory is directory
    await until(
        "the first two to be stopped", lambda: [one.stopped for one in Client.made] == [True, True, False, False]
    )
    await view.stop()
    assert all(one.stopped for one in Client.made)


async def test_a_reading_that_takes_longer_than_one_refresh_goes_on_where_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def one_then_nothing_for_now(client: Client, *_: Any, **__: Any) -> dict[TopicPartition, list[Any]]:
        if client.at == 1 and not given_up.is_set():
            await given_up.wait()
        client.at += 1
        return {PLACE: Client.records[client.at - 1 : client.at]}

    given_up = asyncio.Event()
    monkeypatch.setattr(Client, "getmany", one_then_nothing_for_now)
    view = ReferenceView(ServiceSettings(effect_timeout_seconds=0.2))
    with pytest.raises(NotNow):
        await view.refresh()
    assert cycles(view) == []
    given_up.set()
    await until("it to come to the end", lambda: read(view))
    assert cycles(view) == ["2013-H1", "2013-H2"]
    assert len(Client.made) == 2
    await view.stop()


@pytest.mark.parametrize("number", [0, 1])
async def test_where_one_of_the_two_clients_does_not_start_neither_is_kept(number: int) -> None:
    Client.refuses_number = number
    view = ReferenceView(ServiceSettings())
    with pytest.raises(NotNow):
        await view.start()
    await until("both to be stopped", lambda: all(one.stopped for one in Client.made))
    await view.refresh()
    assert cycles(view) == ["2013-H1", "2013-H2"]
    await view.stop()


async def test_all_who_ask_while_one_reads_share_the_reading_after_it() -> None:
    view = ReferenceView(ServiceSettings())
    await view.start()
    Client.asked = 0
    Client.answers.clear()
    first = asyncio.create_task(view.refresh())
    await until("the first to ask where the topics end", lambda: Client.asked == 1)
    others = [asyncio.create_task(view.refresh()) for _ in range(100)]
    await asyncio.sleep(0)
    others[0].cancel()
    Client.records.append(opened("2014-H1"))
    Client.answers.set()
    await asyncio.gather(first, *others[1:])
    assert Client.asked == 2
    assert "2014-H1" in cycles(view)
    await view.stop()


async def test_who_waits_while_the_view_stops_hears_that_there_is_no_answer() -> None:
    view = ReferenceView(ServiceSettings())
    await view.start()
    Client.answers.clear()
    asked = asyncio.create_task(view.refresh())
    await until("it to ask", lambda: Client.asked == 2)
    await view.stop()
    with pytest.raises(NotNow):
        await asked
