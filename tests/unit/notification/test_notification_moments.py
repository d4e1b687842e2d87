"""When a day begins where a participant is, and what is due then.

The instants were taken from GNU date, which reads the same time zone database by code of its own; where a clock
change swallows midnight (date answers "invalid") the instant of the change was looked up in the database.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.timeline import Days, start_of, timeline
from tests.unit.notification.world import at

STARTS = [
    ("UTC", "2012-12-31", "2012-12-31T00:00"),
    ("Asia/Bangkok", "2013-08-01", "2013-07-31T17:00"),
    ("Asia/Kathmandu", "2013-08-01", "2013-07-31T18:15"),
    ("Asia/Kolkata", "2013-08-01", "2013-07-31T18:30"),
    ("Asia/Colombo", "2013-08-01", "2013-07-31T18:30"),
    ("Asia/Kabul", "2013-08-01", "2013-07-31T19:30"),
    ("Asia/Yangon", "2013-08-01", "2013-07-31T17:30"),
    ("Australia/Adelaide", "2013-08-01", "2013-07-31T14:30"),
    ("Australia/Adelaide", "2014-01-15", "2014-01-14T13:30"),
    ("Australia/Lord_Howe", "2014-01-15", "2014-01-14T13:00"),
    ("Australia/Eucla", "2013-08-01", "2013-07-31T15:15"),
    ("Asia/Pyongyang", "2016-01-01", "2015-12-31T15:30"),
    ("Asia/Pyongyang", "2019-01-01", "2018-12-31T15:00"),
    ("America/Caracas", "2015-01-01", "2015-01-01T04:30"),
    ("America/St_Johns", "2013-07-01", "2013-07-01T02:30"),
    ("Asia/Jakarta", "2013-01-01", "2012-12-31T17:00"),
    ("Asia/Jayapura", "2013-01-01", "2012-12-31T15:00"),
    ("Asia/Hong_Kong", "2013-01-01", "2012-12-31T16:00"),
    ("Asia/Shanghai", "2013-01-01", "2012-12-31T16:00"),
    ("Asia/Manila", "2013-01-01", "2012-12-31T16:00"),
    ("Asia/Ho_Chi_Minh", "2013-01-01", "2012-12-31T17:00"),
    ("Asia/Vientiane", "2013-01-01", "2012-12-31T17:00"),
    ("Asia/Kuala_Lumpur", "2013-01-01", "2012-12-31T16:00"),
    ("Asia/Karachi", "2013-01-01", "2012-12-31T19:00"),
    ("Indian/Maldives", "2013-01-01", "2012-12-31T19:00"),
    ("Europe/Brussels", "2012-07-01", "2012-06-30T22:00"),
    ("Europe/Berlin", "2013-01-01", "2012-12-31T23:00"),
    ("Europe/Amsterdam", "2013-01-01", "2012-12-31T23:00"),
    ("Asia/Singapore", "1981-12-31", "1981-12-30T16:30"),
    ("Asia/Singapore", "1982-01-02", "1982-01-01T16:00"),
    # far east and west
    ("Pacific/Kiritimati", "2013-01-01", "2012-12-31T10:00"),
    ("Etc/GMT-14", "2013-01-01", "2012-12-31T10:00"),
    ("Pacific/Apia", "2013-01-01", "2012-12-31T10:00"),
    ("Pacific/Tongatapu", "2013-01-01", "2012-12-31T11:00"),
    ("Pacific/Fiji", "2013-01-01", "2012-12-31T11:00"),
    ("Pacific/Fiji", "2013-07-01", "2013-06-30T12:00"),
    ("Pacific/Chatham", "2013-07-01", "2013-06-30T11:15"),
    ("Pacific/Chatham", "2014-01-01", "2013-12-31T10:15"),
    ("Pacific/Pago_Pago", "2013-01-01", "2013-01-01T11:00"),
    ("Pacific/Niue", "2013-01-01", "2013-01-01T11:00"),
    ("Pacific/Honolulu", "2013-01-01", "2013-01-01T10:00"),
    ("Pacific/Marquesas", "2013-01-01", "2013-01-01T09:30"),
    ("Etc/GMT+12", "2013-01-01", "2013-01-01T12:00"),
    # leap days
    ("Asia/Phnom_Penh", "2012-02-29", "2012-02-28T17:00"),
    ("Asia/Bangkok", "2012-03-01", "2012-02-29T17:00"),
    ("Asia/Bangkok", "2016-02-29", "2016-02-28T17:00"),
    ("Pacific/Kiritimati", "2024-02-29", "2024-02-28T10:00"),
    ("Pacific/Pago_Pago", "2024-02-29", "2024-02-29T11:00"),
    ("Pacific/Pago_Pago", "2024-03-01", "2024-03-01T11:00"),
    # the days before and after a clock change
    ("Australia/Sydney", "2013-10-06", "2013-10-05T14:00"),
    ("Australia/Sydney", "2013-10-07", "2013-10-06T13:00"),
    ("Australia/Sydney", "2013-04-07", "2013-04-06T13:00"),
    ("Australia/Sydney", "2013-04-08", "2013-04-07T14:00"),
    ("Pacific/Auckland", "2013-09-29", "2013-09-28T12:00"),
    ("Pacific/Auckland", "2013-09-30", "2013-09-29T11:00"),
    ("Pacific/Auckland", "2014-04-07", "2014-04-06T12:00"),
    ("America/New_York", "2013-03-10", "2013-03-10T05:00"),
    ("America/New_York", "2013-03-11", "2013-03-11T04:00"),
    ("America/New_York", "2013-11-03", "2013-11-03T04:00"),
    ("America/New_York", "2013-11-04", "2013-11-04T05:00"),
    ("Europe/London", "2013-03-31", "2013-03-31T00:00"),
    ("Europe/London", "2013-04-01", "2013-03-31T23:00"),
    ("Europe/London", "2013-10-27", "2013-10-26T23:00"),
    ("Europe/London", "2013-10-28", "2013-10-28T00:00"),
    ("Europe/Paris", "2013-03-31", "2013-03-30T23:00"),
    ("Europe/Paris", "2013-10-28", "2013-10-27T23:00"),
    ("Asia/Tehran", "2013-03-23", "2013-03-22T19:30"),
    ("America/Asuncion", "2013-10-07", "2013-10-07T03:00"),
    # midnight itself comes twice or 23 hours do
    ("America/Havana", "2013-11-03", "2013-11-03T04:00"),
    ("America/Havana", "2013-11-04", "2013-11-04T05:00"),
    ("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00"),
    ("Asia/Beirut", "2013-10-27", "2013-10-26T22:00"),
    ("Asia/Gaza", "2013-09-27", "2013-09-26T22:00"),
    # midnight does not exist
    ("America/Havana", "2013-03-10", "2013-03-10T05:00"),
    ("America/Havana", "2013-03-11", "2013-03-11T04:00"),
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00"),
    ("America/Sao_Paulo", "2018-11-05", "2018-11-05T02:00"),
    ("Asia/Beirut", "2013-03-31", "2013-03-30T22:00"),
    ("Asia/Beirut", "2013-04-01", "2013-03-31T21:00"),
    ("Africa/Cairo", "2014-08-01", "2014-07-31T22:00"),
    # a whole day does not exist
    ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00"),
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00"),
    ("Pacific/Kwajalein", "1993-08-20", "1993-08-20T12:00"),
    ("Pacific/Kwajalein", "1993-08-22", "1993-08-21T12:00"),
]


@pytest.mark.parametrize(("zone", "day", "expected"), STARTS, ids=str)
def test_a_day_begins_where_the_participant_is(zone: str, day: str, expected: str) -> None:
    assert start_of(date.fromisoformat(day), zone) == at(expected)


DAYS = Days(date(2013, 7, 1), date(2013, 8, 31), date(2013, 10, 31), (30, 14, 7, 3, 1), (1, 7, 14), 14, 14)


def due(zone: str, now: str, days: Days = DAYS) -> set[str]:
    windows, _ = timeline(days, zone).at(at(now))
    return {window.kind for window in windows}


MORE_TIME, NOBODY = {"extension_granted"}, {"nomination_due"}
OPEN = {"cycle_opened"} | MORE_TIME
# The same cycle in Bangkok (+7): opens 1 July, due 31 August, closes 31 October 2013.
IN_BANGKOK = [
    ("2013-06-30T16:59", MORE_TIME),
    ("2013-06-30T17:00", OPEN),
    ("2013-07-14T16:59", OPEN),
    ("2013-07-14T17:00", OPEN | NOBODY),
    ("2013-07-31T16:59", OPEN | NOBODY),
    ("2013-07-31T17:00", OPEN | NOBODY | {"reminder_30"}),
    ("2013-08-16T16:59", OPEN | NOBODY | {"reminder_30"}),
    ("2013-08-16T17:00", OPEN | NOBODY | {"reminder_14"}),
    ("2013-08-23T17:00", OPEN | NOBODY | {"reminder_7"}),
    ("2013-08-27T17:00", OPEN | NOBODY | {"reminder_3"}),
    ("2013-08-29T17:00", OPEN | NOBODY | {"reminder_1"}),
    ("2013-08-30T16:59", OPEN | NOBODY | {"reminder_1"}),
    ("2013-08-30T17:00", OPEN | NOBODY | {"due_today"}),
    ("2013-08-31T16:59", OPEN | NOBODY | {"due_today"}),
    ("2013-08-31T17:00", NOBODY | {"overdue_1"}),
    ("2013-09-06T16:59", NOBODY | {"overdue_1"}),
    ("2013-09-06T17:00", NOBODY | {"overdue_7"}),
    ("2013-09-13T17:00", NOBODY | {"overdue_14"}),
    ("2013-10-31T16:59", NOBODY | {"overdue_14"}),
    ("2013-10-31T17:00", {"cycle_closed"}),
    ("2013-11-14T16:59", {"cycle_closed"}),
    ("2013-11-14T17:00", set()),
]


@pytest.mark.parametrize(("now", "kinds"), IN_BANGKOK)
def test_what_is_due_in_bangkok(now: str, kinds: set[str]) -> None:
    assert due("Asia/Bangkok", now) == kinds


@pytest.mark.parametrize(
    ("zone", "now", "kind"),
    [
        ("Pacific/Kiritimati", "2013-08-31T09:59", "due_today"),
        ("Pacific/Kiritimati", "2013-08-31T10:00", "overdue_1"),
        ("Pacific/Pago_Pago", "2013-08-31T10:59", "reminder_1"),
        ("Pacific/Pago_Pago", "2013-08-31T11:00", "due_today"),
        ("Pacific/Pago_Pago", "2013-09-01T10:59", "due_today"),
        ("Pacific/Pago_Pago", "2013-09-01T11:00", "overdue_1"),
        ("UTC", "2013-08-31T23:59", "due_today"),
        ("UTC", "2013-09-01T00:00", "overdue_1"),
    ],
)
def test_the_deadline_is_over_at_the_end_of_the_day_where_the_participant_is(zone: str, now: str, kind: str) -> None:
    assert kind in due(zone, now)


def test_a_clock_change_before_the_due_date_moves_no_reminder_off_midnight() -> None:
    days = DAYS._replace(opens=date(2013, 9, 1), due=date(2013, 10, 8), closes=date(2013, 12, 31))
    assert "reminder_3" not in due("Australia/Sydney", "2013-10-04T13:59", days)
    assert "reminder_3" in due("Australia/Sydney", "2013-10-04T14:00", days)
    assert "reminder_1" in due("Australia/Sydney", "2013-10-06T13:00", days)


def test_a_leap_day_is_a_due_date_like_any_other() -> None:
    days = DAYS._replace(opens=date(2023, 3, 1), due=date(2024, 2, 29), closes=date(2024, 3, 31), reminders=(364, 1))
    assert "reminder_364" not in due("UTC", "2023-03-01T23:59", days)
    assert "reminder_364" in due("UTC", "2023-03-02T00:00", days)
    assert "reminder_1" in due("UTC", "2024-02-28T00:00", days)
    assert "due_today" in due("UTC", "2024-02-29T12:00", days)
    assert "overdue_1" in due("UTC", "2024-03-01T00:00", days)


def test_no_reminder_comes_before_the_cycle_opens() -> None:
    days = DAYS._replace(opens=date(2013, 8, 28), due=date(2013, 8, 31))
    assert due("UTC", "2013-08-28T12:00", days) == OPEN
    assert due("UTC", "2013-08-30T12:00", days) == OPEN | {"reminder_1"}


def test_a_cycle_that_closes_when_it_is_due_has_nothing_overdue() -> None:
    days = DAYS._replace(closes=DAYS.due)
    assert due("UTC", "2013-09-01T00:00", days) == {"cycle_closed"}


def test_a_day_that_a_zone_has_skipped_gives_way_to_the_next() -> None:
    # Samoa went from 29 to 31 December 2011 when it moved to the other side of the date line.
    days = DAYS._replace(opens=date(2011, 12, 1), due=date(2011, 12, 31), closes=date(2012, 1, 31))
    assert "reminder_3" in due("Pacific/Apia", "2011-12-30T09:59", days)
    assert "due_today" in due("Pacific/Apia", "2011-12-30T10:00", days)


def test_a_cycle_without_end_has_moments_all_the_same() -> None:
    days = DAYS._replace(opens=date.min, closes=date.max)
    assert "reminder_1" in due("Asia/Bangkok", "2013-08-30T12:00", days)


days_of_a_cycle = st.builds(
    lambda opens, run, rest, reminders, zone: (
        Days(
            opens, opens + timedelta(days=run), opens + timedelta(days=run + rest), tuple(reminders), (1, 7, 14), 14, 14
        ),
        zone,
    ),
    st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    st.integers(0, 120),
    st.integers(0, 120),
    st.lists(st.integers(1, 365), max_size=6),
    st.sampled_from(sorted({zone for zone, _, _ in STARTS})),
)


@settings(deadline=None)
@given(days_of_a_cycle, st.integers(-24 * 60, 300 * 24 * 60))
def test_at_most_one_deadline_notice_is_due_at_a_time(cycle: tuple[Days, str], minutes: int) -> None:
    days, zone = cycle
    now = datetime(days.opens.year, days.opens.month, days.opens.day, tzinfo=UTC) + timedelta(minutes=minutes)
    windows, change = timeline(days, zone).at(now)
    assert sum(window.missing for window in windows) <= 1
    assert all(window.start <= now < window.end for window in windows)
    assert change is None or now < change


@settings(deadline=None)
@given(days_of_a_cycle)
def test_between_two_changes_nothing_changes(cycle: tuple[Days, str]) -> None:
    line = timeline(*cycle)
    for cut, after in zip(line.cuts, [*line.cuts[1:], None], strict=True):
        windows, change = line.at(cut)
        assert change == after
        if after is not None:
            assert line.at(after - timedelta.resolution)[0] == windows


@settings(deadline=None)
@given(days_of_a_cycle)
def test_one_deadline_notice_follows_the_other_until_the_cycle_closes(cycle: tuple[Days, str]) -> None:
    chain = [window for window in timeline(*cycle).windows if window.missing]
    closes = start_of(max(cycle[0].closes, cycle[0].due) + timedelta(days=1), cycle[1])
    assert [one.end for one in chain] == [one.start for one in chain[1:]] + [closes]
