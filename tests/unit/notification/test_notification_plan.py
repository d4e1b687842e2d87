"""Which notices should exist by now, and to whom they go."""

import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.directory import Directory
from services.notification.returns import Return
from services.notification.rules import NoticePlan, Policy, plan
from tests.unit.notification.world import (
    accepted,
    at,
    cycle,
    directory,
    extension,
    focal_point,
    returned,
    state,
)

OPEN, REMINDED, LATE, CLOSED = (
    at("2013-07-05T00:00"),
    at("2013-08-28T12:00"),
    at("2013-09-02T00:00"),
    at("2013-11-05T00:00"),
)


def due(known: Directory, returns: Iterable[Return] = (), now: datetime = OPEN) -> set[str]:
    """The rows as ``participant focal-point kind``."""
    found = plan(known, returns, now, Policy()).notices
    return {f"{one.participant or '-'} {one.focal_point} {one.kind}" for one in found}


def test_each_focal_point_of_each_expected_participant_hears_of_the_opening() -> None:
    known = directory(cycle("TH", "ID"), state("TH", "UTC", "border", "police"), state("ID"))
    assert due(known) == {"TH border cycle_opened", "TH police cycle_opened", "ID border cycle_opened"}


def test_who_is_not_expected_hears_nothing_of_the_cycle() -> None:
    known = directory(cycle("TH"), state("TH"), state("FJ"), extension("FJ", date(2013, 9, 30)))
    for now in (OPEN, REMINDED, LATE, CLOSED):
        assert not any(row.startswith("FJ") for row in due(known, now=now))


def test_who_is_not_expected_hears_of_its_own_report() -> None:
    known = directory(cycle("TH"), state("TH"), state("FJ"))
    assert {row for row in due(known, [accepted("FJ", OPEN)]) if row.startswith("FJ")} == {
        "FJ border report_received",
        "FJ border report_accepted",
    }


def test_a_focal_point_that_has_ended_hears_nothing() -> None:
    known = directory(cycle("TH"), state("TH"), focal_point("TH", "old", active=False))
    assert due(known) == {"TH border cycle_opened"}


def test_only_the_newest_missed_reminder_is_due() -> None:
    known = directory(cycle("TH"), state("TH"))
    assert due(known, now=REMINDED) == {"TH border cycle_opened", "TH border reminder_3"}


@pytest.mark.parametrize("now", [REMINDED, at("2013-08-31T10:00"), LATE, at("2013-09-20T00:00")])
def test_reminders_stop_when_the_return_is_in(now: datetime) -> None:
    known = directory(cycle("TH"), state("TH"))
    for one in (
        returned("TH", (1, "recorded", OPEN)),
        accepted("TH", OPEN),
        returned("TH", (1, "accepted", OPEN), (2, "rejected", OPEN)),
    ):
        rows = due(known, [one], now)
        assert not any("reminder" in row or "overdue" in row or "due_today" in row for row in rows)


@pytest.mark.parametrize(
    "one",
    [
        returned("TH", (1, "recorded", OPEN), (1, "rejected", OPEN)),
        returned("TH", (1, "accepted", OPEN), (2, "withdrawn", OPEN)),
        accepted("TH", OPEN, name="2012"),
        accepted("ID", OPEN),
    ],
)
def test_reminders_go_on_while_the_return_is_not_in(one: Return) -> None:
    known = directory(cycle("TH"), state("TH"))
    assert "TH border reminder_3" in due(known, [one], REMINDED)
    assert "TH border overdue_1" in due(known, [one], LATE)


def test_what_happens_to_a_return_is_told() -> None:
    known = directory(cycle("TH"), state("TH"))
    story = returned(
        "TH",
        (1, "recorded", OPEN),
        (1, "rejected", OPEN),
        (2, "recorded", OPEN),
        (2, "accepted", OPEN),
        (2, "correction_requested", OPEN),
    )
    assert due(known, [story]) - {"TH border cycle_opened", "TH border cycle_complete", "- centre cycle_complete"} == {
        "TH border report_received",
        "TH border report_rejected",
        "TH border report_accepted",
        "TH border correction_requested",
    }


def moments_of(known: Directory, returns: Iterable[Return], now: datetime) -> dict[str, datetime]:
    return {one.kind: one.at for one in plan(known, returns, now, Policy()).notices}


def test_a_notice_carries_the_moment_at_which_it_came_due() -> None:
    known = directory(cycle("TH"), state("TH", "Asia/Bangkok"))
    moments = moments_of(known, [returned("TH", (1, "rejected", OPEN))], REMINDED)
    assert moments["reminder_3"] == at("2013-08-27T17:00")
    assert moments["cycle_opened"] == at("2013-06-30T17:00")
    assert moments_of(known, [accepted("TH", OPEN)], OPEN)["report_accepted"] == OPEN


def test_what_happened_too_long_ago_is_not_told_any_more() -> None:
    known = directory(cycle("TH"), state("TH"))
    rejected = returned("TH", (1, "rejected", OPEN))
    assert "report_rejected" in moments_of(known, [rejected], OPEN + timedelta(days=13))
    assert "report_rejected" not in moments_of(known, [rejected], OPEN + timedelta(days=14))


def test_a_correction_asked_for_after_the_cycle_closed_is_still_told() -> None:
    known = directory(cycle("TH"), state("TH"))
    later = at("2014-03-01T00:00")
    one = returned("TH", (1, "accepted", OPEN), (1, "correction_requested", later))
    assert due(known, [one], later + timedelta(days=1)) == {"TH border correction_requested"}
    assert due(known, [one], later + timedelta(days=14)) == set()


def test_an_event_from_a_clock_that_runs_ahead_is_told_at_once() -> None:
    known = directory(cycle("TH"), state("TH"))
    assert "TH border report_accepted" in due(known, [accepted("TH", OPEN + timedelta(hours=1))], OPEN)


def test_an_extension_is_told_and_moves_what_is_still_to_come() -> None:
    known = directory(cycle("TH"), state("TH"), extension("TH", date(2013, 9, 10)))
    assert due(known, now=at("2013-08-31T12:00")) == {
        "TH border cycle_opened",
        "TH border extension_granted",
        "TH border reminder_14",
    }
    assert "TH border due_today" in due(known, now=at("2013-09-10T12:00"))
    assert "TH border overdue_1" in due(known, now=at("2013-09-11T00:00"))


def test_an_extension_of_one_moves_nothing_for_another() -> None:
    known = directory(cycle("TH", "ID"), state("TH"), state("ID"), extension("TH", date(2013, 9, 10)))
    assert "ID border overdue_1" in due(known, now=LATE)
    assert "ID border extension_granted" not in due(known, now=OPEN)


def test_an_extension_beyond_the_closing_closes_later() -> None:
    known = directory(cycle("TH", "ID"), state("TH"), state("ID"), extension("TH", date(2013, 11, 20)))
    assert {row for row in due(known, now=CLOSED) if "closed" in row} == {"ID border cycle_closed"}
    assert "TH border cycle_closed" in due(known, now=at("2013-11-21T00:00"))


def test_an_extension_that_gives_no_time_grants_nothing() -> None:
    known = directory(cycle("TH"), state("TH"), extension("TH", date(2013, 8, 1)))
    assert due(known) == {"TH border cycle_opened"}


def test_completion_reaches_every_focal_point_and_the_centre() -> None:
    known = directory(cycle("TH", "ID"), state("TH", "UTC", "border", "police"), state("ID"), state("FJ"))
    assert {row for row in due(known, [accepted("TH", OPEN), accepted("ID", OPEN)]) if "complete" in row} == {
        "- centre cycle_complete",
        "TH border cycle_complete",
        "TH police cycle_complete",
        "ID border cycle_complete",
    }


@pytest.mark.parametrize(
    "other",
    [
        [],
        [returned("ID", (1, "recorded", OPEN))],
        [returned("ID", (1, "recorded", OPEN), (1, "rejected", OPEN))],
        [returned("ID", (1, "accepted", OPEN), (2, "withdrawn", OPEN))],
        [accepted("ID", OPEN, name="2012")],
        [accepted("FJ", OPEN)],
    ],
)
def test_a_cycle_is_not_complete_before_the_last_one(other: list[Return]) -> None:
    known = directory(cycle("TH", "ID"), state("TH"), state("ID"), state("FJ"))
    assert not any("complete" in row for row in due(known, [accepted("TH", OPEN), *other]))


def test_a_cycle_that_expects_nobody_never_completes() -> None:
    assert due(directory(cycle())) == set()


def test_completion_came_due_with_the_last_return() -> None:
    known = directory(cycle("TH", "ID"), state("TH"), state("ID"))
    last = OPEN + timedelta(hours=3)
    found = plan(known, [accepted("TH", OPEN), accepted("ID", last)], last, Policy()).notices
    assert {one.at for one in found if one.kind == "cycle_complete"} == {last}


def test_the_centre_hears_of_each_participant_without_a_focal_point_after_two_weeks() -> None:
    known = directory(
        cycle("TH", "ID", "FJ"), state("TH"), state("ID")[0], state("FJ")[0], focal_point("FJ", "old", active=False)
    )
    assert "nomination_due" not in " ".join(due(known, now=at("2013-07-14T23:59")))
    assert {row for row in due(known, now=at("2013-07-15T00:00")) if "nomination" in row} == {
        "ID centre nomination_due",
        "FJ centre nomination_due",
    }
    assert not any("nomination" in row for row in due(known, now=at("2013-11-01T00:00")))


def test_a_focal_point_named_centre_is_not_the_centre() -> None:
    known = directory(cycle("TH"), state("TH", "UTC", "centre"))
    found = plan(known, [accepted("TH", OPEN)], OPEN, Policy()).notices
    assert {(one.id, one.to_centre) for one in found if one.kind == "cycle_complete"} == {
        ("2013-H1||centre|cycle_complete", True),
        ("2013-H1|TH|centre|cycle_complete", False),
    }


def test_a_cycle_long_closed_says_nothing() -> None:
    known = directory(cycle("TH", "ID"), state("TH"), state("ID"))
    assert due(known, [accepted("TH", OPEN)], at("2014-06-01T00:00")) == set()


def test_an_expected_participant_that_nobody_knows_yet_stops_nothing() -> None:
    known = directory(cycle("TH", "XK"), state("TH"))
    assert due(known) == {"TH border cycle_opened"}


def test_the_id_says_cycle_participant_focal_point_and_kind() -> None:
    assert NoticePlan("2013-H1", "TH", "border", "reminder_7", at=OPEN).id == "2013-H1|TH|border|reminder_7"


returns_of = st.lists(
    st.builds(
        lambda code, step, day: returned(code, (1, step, OPEN + timedelta(days=day))),
        st.sampled_from(["TH", "ID", "FJ"]),
        st.sampled_from(["recorded", "accepted", "rejected", "withdrawn", "correction_requested"]),
        st.integers(0, 150),
    ),
    max_size=3,
    unique_by=lambda one: one.id,
)
worlds = st.builds(
    lambda zones, extended, points: directory(
        cycle("TH", "ID", "FJ"),
        state("TH", zones[0], *points),
        state("ID", zones[1])[: 1 + len(points) % 2],
        state("FJ", zones[2]),
        *([extension("TH", date(2013, 9, 1) + timedelta(days=extended))] if extended else []),
    ),
    st.tuples(*[st.sampled_from(["UTC", "Asia/Bangkok", "Pacific/Kiritimati", "Pacific/Pago_Pago"])] * 3),
    st.integers(0, 90),
    st.lists(st.sampled_from(["border", "police", "navy"]), unique=True, max_size=3),
)
moments = st.integers(0, 200 * 24 * 60).map(lambda minutes: at("2013-06-20T00:00") + timedelta(minutes=minutes))


@settings(deadline=None)
@given(worlds, returns_of, moments, st.floats(0, 1))
def test_until_the_moment_that_a_plan_names_the_clock_changes_nothing(
    known: Directory, returns: list[Return], now: datetime, part: float
) -> None:
    found = plan(known, returns, now, Policy())
    if found.until is not None:
        assert now < found.until
        later = min(now + (found.until - now) * part, found.until - timedelta.resolution)
        assert plan(known, returns, later, Policy()).notices == found.notices


@settings(deadline=None)
@given(worlds, returns_of, moments)
def test_the_order_of_what_is_known_does_not_matter(known: Directory, returns: list[Return], now: datetime) -> None:
    backwards = Directory()
    for record in reversed(list(known.records.values())):
        backwards.put(record)
    assert plan(backwards, returns[::-1], now, Policy()) == plan(known, returns, now, Policy())


def test_two_hundred_participants_and_twenty_open_cycles_are_planned_in_well_under_a_second() -> None:
    codes = [f"X{number}" for number in range(200)]
    zones = ["Asia/Bangkok", "Europe/Paris", "UTC", "Pacific/Auckland", "America/New_York"]
    known = directory(
        *(cycle(*codes, name=f"{2003 + number}-H1") for number in range(20)),
        *(state(code, zones[number % 5], "border", "police") for number, code in enumerate(codes)),
    )
    returns = [accepted(code, OPEN, name=f"{2003 + number}-H1") for number in range(20) for code in codes[:100]]
    plan(known, returns, REMINDED, Policy())
    started = time.process_time()
    found = plan(known, returns, REMINDED, Policy())
    spent = time.process_time() - started
    # 20 cycles, 200 participants, 2 focal points: the opening for all, a reminder for the half that has not reported.
    assert len(found.notices) == 20 * 200 * 2 + 20 * 100 * 2
    assert spent < 1.0, f"{spent:.3f} s"


def test_a_plan_is_timed_in_utc() -> None:
    found = plan(directory(cycle("TH"), state("TH", "Asia/Bangkok")), [], OPEN, Policy())
    assert {one.at.tzinfo for one in found.notices} == {UTC}
