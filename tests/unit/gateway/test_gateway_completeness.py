"""Completeness: who has reported, by the due moment where the participant is."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.directory import Directory
from contracts.records import Cycle, Extension, Participant
from contracts.states import STATES, State
from services.gateway.completeness import completeness
from services.gateway.series import Kind, Revision

CYCLE = Cycle(
    id="2013-H1", opens=date(2013, 7, 1), due=date(2013, 7, 31), closes=date(2013, 9, 30), expected=["TH", "MY", "TO"]
)
DUE = datetime(2013, 7, 31, 17, tzinfo=UTC)
"""Midnight after the due date in Bangkok."""


def directory(*extra: Extension) -> Directory:
    one = Directory()
    for code, zone in (("TH", "Asia/Bangkok"), ("MY", "Asia/Kuala_Lumpur"), ("TO", "Pacific/Tongatapu")):
        one.put(Participant(code=code, name=code, time_zone=zone))
    one.put(CYCLE)
    for extension in extra:
        one.put(extension)
    return one


def revision(
    number: int, state: State, at: datetime, participant: str = "TH", kind: Kind = "report", agency: str | None = None
) -> Revision:
    return Revision("s", participant, "2013-H1", agency, number, 0, f"{participant}{number}", kind, state, at, at)


def before(day: int) -> datetime:
    return datetime(2013, 7, day, tzinfo=UTC)


def test_the_due_moment_is_the_end_of_the_day_where_the_participant_is() -> None:
    just_in = [revision(1, "accepted", DUE.replace(hour=16, minute=59))]
    too_late = [revision(1, "accepted", DUE)]
    assert completeness(CYCLE, directory(), just_in, DUE).on_time == 1
    found = completeness(CYCLE, directory(), too_late, DUE)
    assert (found.received, found.on_time, found.late) == (1, 0, 1)


def test_whoever_has_sent_nothing_is_overdue_from_the_due_moment_on() -> None:
    [_, th, _] = completeness(CYCLE, directory(), [], DUE).items
    assert (th.participant, th.state, th.received, th.overdue, th.due_at) == ("TH", None, False, True, DUE)
    assert not completeness(CYCLE, directory(), [], before(30)).overdue


def test_an_extension_moves_the_due_moment() -> None:
    more = Extension(cycle="2013-H1", participant="TH", due=date(2013, 8, 15), reason="flood")
    found = completeness(CYCLE, directory(more), [revision(1, "accepted", DUE)], DUE)
    assert (found.on_time, found.late) == (1, 0)


def test_a_rejected_return_is_not_received_and_shows_its_state() -> None:
    found = completeness(CYCLE, directory(), [revision(1, "rejected", before(5))], before(6))
    assert found.received == 0
    assert found.items[1].state == "rejected"


def test_a_correction_after_the_due_date_does_not_make_a_return_late() -> None:
    held = [revision(1, "superseded", before(5)), revision(2, "accepted", datetime(2013, 9, 1, tzinfo=UTC))]
    found = completeness(CYCLE, directory(), held, datetime(2013, 9, 2, tzinfo=UTC))
    assert (found.on_time, found.late, found.items[1].state) == (1, 0, "accepted")


def test_a_rejected_correction_leaves_the_one_in_force_standing() -> None:
    held = [revision(1, "accepted", before(5)), revision(2, "rejected", before(6))]
    assert completeness(CYCLE, directory(), held, before(7)).items[1].state == "accepted"


def test_a_withdrawn_return_is_not_received() -> None:
    held = [revision(1, "withdrawn", before(5)), revision(2, "withdrawn", before(6), kind="withdrawal")]
    found = completeness(CYCLE, directory(), held, DUE)
    assert (found.received, found.items[1].state, found.items[1].overdue) == (0, "withdrawn", True)


def test_parts_and_participants_that_are_not_expected_do_not_count() -> None:
    held = [revision(1, "accepted", before(5), agency="TH-IMM"), revision(1, "accepted", before(5), participant="AU")]
    assert completeness(CYCLE, directory(), held, before(6)).received == 0


def test_a_cycle_that_expects_nobody_is_not_complete() -> None:
    found = completeness(CYCLE.model_copy(update={"expected": []}), directory(), [], DUE)
    assert (found.percent, found.complete) == (0, False)


moments = st.integers(0, 120 * 24).map(lambda hours: datetime(2013, 6, 1, tzinfo=UTC) + timedelta(hours=hours))
revisions = st.lists(
    st.builds(
        revision,
        st.integers(1, 5),
        st.sampled_from(STATES),
        moments,
        st.sampled_from(["TH", "MY", "TO", "AU"]),
        st.sampled_from(["report", "joined", "withdrawal"]),
    ),
    unique_by=lambda one: (one.participant, one.revision),
)


@settings(deadline=None)
@given(revisions, moments)
def test_counts_add_up_and_never_pass_100_per_cent(held: list[Revision], now: datetime) -> None:
    found = completeness(CYCLE, directory(), held, now)
    assert found.received == found.on_time + found.late <= found.expected
    assert found.overdue + found.received <= found.expected
    assert 0 <= found.percent <= 100
    assert completeness(CYCLE, directory(), reversed(held), now) == found
