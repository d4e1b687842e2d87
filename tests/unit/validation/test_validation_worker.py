"""The worker between Kafka and the rules, with a publisher that remembers or refuses."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from contracts.events import Payload, ReportAccepted, ReportExplanationNeeded, ReportRecorded, ReportRejected
from contracts.identity import event_id
from contracts.topics import JUDGED, RECORDED, Topic
from contracts.wire import Event, encode
from runtime.message import Message
from runtime.outcome import Invalid, NotNow
from runtime.publisher import Publisher, TooLargeError
from services.validation.settings import ValidationSettings
from services.validation.worker import Worker
from tests.unit.validation.returns import CITIZENSHIP, TOTAL, Json, recorded, rows

NOW = datetime(2013, 7, 10, 12, 0, 1, tzinfo=UTC)


class Remembering:
    """Stands for the publisher. ``refusals``: what the first attempts raise."""

    def __init__(self, refusals: list[Exception] | None = None) -> None:
        self.published: list[tuple[str, str, Event[Any]]] = []
        self._refusals = refusals or []

    def event(self, event_id: str, data: Payload, subject: str | None, at: datetime) -> Event[Payload]:
        return Event(event_id, "vrs/validation", at, data, subject)

    async def publish(self, topic: Topic, key: str, event: Event[Payload]) -> None:
        if self._refusals:
            raise self._refusals.pop(0)
        self.published.append((topic.name, key, event))


class Bench:
    """A worker, and what it did."""

    def __init__(self, *refusals: Exception, retry_seconds: float = 5.0) -> None:
        self.publisher = Remembering(list(refusals))
        self.aside: list[Invalid] = []
        self.letters_away = False
        self.acknowledged = 0
        settings = ValidationSettings(retry_seconds=retry_seconds)
        publisher = cast(Publisher, self.publisher)
        self._worker = Worker(settings, publisher, self._set_aside, lambda: None, lambda: NOW)

    async def _set_aside(self, _: Message, invalid: Invalid) -> None:
        self.aside.append(invalid)
        if self.letters_away:
            raise NotNow("the topic of dead letters is away")

    async def _ack(self) -> None:
        self.acknowledged += 1

    async def take(self, event: ReportRecorded | bytes) -> None:
        if isinstance(event, bytes):
            value, headers = event, encode(as_event(recorded({})))[1]
        else:
            value, headers = encode(as_event(event))
        await self._worker.take(Message(RECORDED.name, 0, 0, b"TH", value, headers), self._ack)

    @property
    def judged(self) -> list[Payload]:
        return [event.data for _, _, event in self.publisher.published]


def as_event(data: ReportRecorded) -> Event[Payload]:
    return Event("e-1", "vrs/ingest", NOW, data, data.submission_id)


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({TOTAL: {"value": 5}}, ReportAccepted),
        ({TOTAL: {"value": -5}}, ReportRejected),
        ({TOTAL: {"value": 5}, CITIZENSHIP: rows("citizenship", KH=6)}, ReportExplanationNeeded),
    ],
)
async def test_each_outcome_is_an_event_of_its_own(answers: dict[str, Json], kind: type[Payload]) -> None:
    bench = Bench()
    await bench.take(recorded(answers))
    ((topic, key, event),) = bench.publisher.published
    assert (topic, key) == (JUDGED.name, "TH")
    assert type(event.data) is kind
    assert (event.id, event.subject, event.time) == (event_id("s-1", "judged.0"), "s-1", NOW)
    assert bench.acknowledged == 1


async def test_the_same_revision_twice_is_the_same_judgement_twice() -> None:
    bench = Bench()
    for _ in range(2):
        await bench.take(recorded({TOTAL: {"value": 5}}))
    first, second = bench.publisher.published
    assert first == second


async def test_a_second_judgement_of_a_revision_is_another_event() -> None:
    bench = Bench()
    event = recorded({TOTAL: {"value": 5}})
    await bench.take(event)
    await bench.take(event.model_copy(update={"judgement": 1}))
    ids = [event.id for _, _, event in bench.publisher.published]
    assert ids == [event_id("s-1", "judged.0"), event_id("s-1", "judged.1")]


@pytest.mark.parametrize("body", [b"", b"garbage", b"[]", b'{"submission_id": 5}', b"[" * 100_000])
async def test_what_is_unreadable_is_set_aside_and_acknowledged(body: bytes) -> None:
    bench = Bench()
    await bench.take(body)
    assert [one.reason in ("not_json", "shape") for one in bench.aside] == [True]
    assert bench.acknowledged == 1
    assert not bench.judged


async def test_a_letter_that_could_not_be_written_is_not_counted_a_second_time() -> None:
    bench = Bench()
    bench.letters_away = True
    with pytest.raises(NotNow):
        await bench.take(b"garbage")
    assert (len(bench.aside), bench.acknowledged) == (1, 0)


async def test_a_publication_that_fails_is_tried_again_before_the_acknowledgement() -> None:
    bench = Bench(NotNow("kafka is away"))
    await bench.take(recorded({TOTAL: {"value": 5}}))
    assert len(bench.judged) == 1
    assert bench.acknowledged == 1


async def test_a_publication_that_keeps_failing_ends_the_run_without_an_acknowledgement() -> None:
    bench = Bench(NotNow("kafka is away"), retry_seconds=0.0)
    with pytest.raises(NotNow):
        await bench.take(recorded({TOTAL: {"value": 5}}))
    assert bench.acknowledged == 0


async def test_an_accepted_report_that_fits_into_no_message_is_rejected_with_the_reason() -> None:
    bench = Bench(TooLargeError("5 MB"))
    await bench.take(recorded({TOTAL: {"value": 5}}))
    (payload,) = bench.judged
    assert isinstance(payload, ReportRejected)
    assert [one.code for one in payload.findings] == ["report.too_large"]
    assert bench.acknowledged == 1
