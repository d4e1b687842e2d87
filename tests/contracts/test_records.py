"""Cycles, participants, focal points and agencies, and the moments that follow from them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from contracts.directory import Directory, key_of
from contracts.records import Agency, Cycle, Extension, FocalPoint, Participant, end_of_day

CYCLE = Cycle(
    id="2013-H1",
    opens=date(2013, 7, 1),
    due=date(2013, 7, 31),
    grace_days=14,
    closes=date(2013, 12, 31),
    expected=["TH"],
)
THAILAND = Participant(code="TH", name="Thailand", time_zone="Asia/Bangkok")


def directory(*records: Cycle | Extension | Participant | FocalPoint | Agency) -> Directory:
    made = Directory()
    for record in records:
        made.put(record)
    return made


def extension(due: date) -> Extension:
    return Extension(cycle="2013-H1", participant="TH", due=due, reason="One province is late")


@pytest.mark.parametrize(
    ("zone", "over"),
    [
        ("UTC", "2013-08-01T00:00:00+00:00"),
        ("Asia/Bangkok", "2013-07-31T17:00:00+00:00"),
        ("Pacific/Tongatapu", "2013-07-31T11:00:00+00:00"),
        ("Pacific/Kiritimati", "2013-07-31T10:00:00+00:00"),
        ("Pacific/Pago_Pago", "2013-08-01T11:00:00+00:00"),
        ("America/Toronto", "2013-08-01T04:00:00+00:00"),
        ("Asia/Kathmandu", "2013-07-31T18:15:00+00:00"),
    ],
)
def test_the_due_date_is_over_when_the_day_is_over_where_the_state_is(zone: str, over: str) -> None:
    assert end_of_day(date(2013, 7, 31), zone).astimezone(UTC) == datetime.fromisoformat(over)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2013, 3, 31), "Europe/Paris", 23),  # clocks go forward
        (date(2013, 10, 27), "Europe/Paris", 25),  # and back
        (date(2012, 2, 29), "Asia/Colombo", 24),
    ],
)
def test_a_due_date_lasts_as_long_as_the_day_does_there(day: date, zone: str, hours: int) -> None:
    before = date.fromordinal(day.toordinal() - 1)
    lasts = end_of_day(day, zone).astimezone(UTC) - end_of_day(before, zone).astimezone(UTC)
    assert lasts.total_seconds() == hours * 3600


def test_a_later_extension_moves_the_due_moment_and_an_earlier_one_does_not() -> None:
    later = directory(CYCLE, THAILAND, extension(date(2013, 8, 31)))
    earlier = directory(CYCLE, THAILAND, extension(date(2013, 7, 15)))
    assert later.due_at(CYCLE, "TH").astimezone(UTC) == datetime(2013, 8, 31, 17, tzinfo=UTC)
    assert earlier.due_at(CYCLE, "TH") == directory(CYCLE, THAILAND).due_at(CYCLE, "TH")


def test_a_cycle_stays_open_for_who_has_an_extension_beyond_its_closing() -> None:
    beyond = directory(CYCLE, THAILAND, extension(date(2014, 3, 1)))
    assert beyond.closes_at(CYCLE, "TH").astimezone(UTC) == datetime(2014, 3, 1, 17, tzinfo=UTC)
    assert beyond.closes_at(CYCLE, "KH").astimezone(UTC) == datetime(2014, 1, 1, tzinfo=UTC)


def test_a_cycle_opens_at_the_start_of_its_day() -> None:
    assert directory(CYCLE, THAILAND).opens_at(CYCLE, "TH").astimezone(UTC) == datetime(2013, 6, 30, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "good", "wrong"),
    [
        (Cycle, CYCLE, {"due": date(2013, 6, 30)}),
        (Cycle, CYCLE, {"closes": date(2013, 7, 30)}),
        (Cycle, CYCLE, {"grace_days": 200}),
        (Cycle, CYCLE, {"grace_days": -1}),
        (Cycle, CYCLE, {"expected": ["TH", "TH"]}),
        (Cycle, CYCLE, {"expected": ["Thailand"]}),
        (Cycle, CYCLE, {"id": "2013-H3"}),
        (Cycle, CYCLE, {"reminder_days": [0]}),
        (Participant, THAILAND, {"time_zone": "Bangkok"}),
        (Participant, THAILAND, {"time_zone": "../../etc/passwd"}),
        (Participant, THAILAND, {"code": "th"}),
        (Participant, THAILAND, {"code": "A$"}),
        (Participant, THAILAND, {"name": "  "}),
        (Participant, THAILAND, {"kind": "planet"}),
        (
            FocalPoint,
            FocalPoint(participant="TH", id="unit-1", unit="A unit", email="unit@th.example"),
            {"email": "unit@th.example\nBcc: other@th.example"},
        ),
        (
            FocalPoint,
            FocalPoint(participant="TH", id="unit-1", unit="A unit", email="unit@th.example"),
            {"email": "un\x01it@th.example"},  # no mail server's command takes it
        ),
        (
            FocalPoint,
            FocalPoint(participant="TH", id="unit-1", unit="A unit", email="unit@th.example"),
            {"id": "unit/1"},
        ),
        (Agency, Agency(participant="TH", id="TH-IMM", name="An agency"), {"id": "KH-IMM"}),
        (Agency, Agency(participant="TH", id="TH-IMM", name="An agency"), {"id": "TH-imm"}),
        (Agency, Agency(participant="TH", id="TH-IMM", name="An agency"), {"id": "TH-I.M"}),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(kind: type[BaseModel], good: BaseModel, wrong: dict[str, Any]) -> None:
    assert kind.model_validate(good.model_dump()) == good
    with pytest.raises(ValidationError):
        kind.model_validate({**good.model_dump(), **wrong})


def test_every_record_has_a_key_of_its_own() -> None:
    records = (
        CYCLE,
        extension(date(2013, 8, 31)),
        THAILAND,
        FocalPoint(participant="TH", id="TH-IMM", unit="A unit", email="unit@th.example"),
        Agency(participant="TH", id="TH-IMM", name="An agency"),
    )
    assert len({key_of(record) for record in records}) == len(records)
    assert len(directory(*records).records) == len(records)


def test_the_newest_record_of_a_key_is_the_truth_about_it() -> None:
    ended = Agency(participant="TH", id="TH-IMM", name="An agency", active=False)
    made = directory(Agency(participant="TH", id="TH-IMM", name="An agency"), ended)
    assert made.agency("TH-IMM") is None
    assert made.agencies("TH") == []
    made.remove(key_of(ended))
    made.remove("no such key")
    assert dict(made.records) == {}
