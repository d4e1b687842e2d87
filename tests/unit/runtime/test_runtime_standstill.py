"""When a worker stands still without knowing it."""

from runtime.standstill import APART_SECONDS, STANDS_SECONDS, Place, Standstill

WAITS = {"a": Place(position=5, behind=2)}


def test_messages_that_wait_for_an_idle_worker_are_a_standstill_after_its_time() -> None:
    one = Standstill()
    assert one.look(100.0, WAITS, at_work=False, joined=True) is None
    assert one.look(100.0 + STANDS_SECONDS - 1, WAITS, at_work=False, joined=True) is None
    assert "1 partitions" in (one.look(100.0 + STANDS_SECONDS, WAITS, at_work=False, joined=True) or "")


def test_a_partition_that_moves_is_no_standstill_however_far_behind() -> None:
    one = Standstill()
    for step in range(10):
        places = {"a": Place(position=step, behind=1_000_000)}
        assert one.look(step * STANDS_SECONDS, places, at_work=False, joined=True) is None


def test_one_partition_that_stands_is_seen_beside_others_that_move() -> None:
    one = Standstill()
    assert one.look(0.0, {**WAITS, "b": Place(1, 1)}, at_work=False, joined=True) is None
    assert one.look(STANDS_SECONDS, {**WAITS, "b": Place(2, 1)}, at_work=False, joined=True) is not None


def test_a_worker_at_work_has_its_time_begin_again() -> None:
    one = Standstill()
    one.look(0.0, WAITS, at_work=False, joined=True)
    assert one.look(STANDS_SECONDS, WAITS, at_work=True, joined=True) is None
    assert one.look(STANDS_SECONDS + 5, WAITS, at_work=False, joined=True) is None
    assert one.look(2 * STANDS_SECONDS + 5, WAITS, at_work=False, joined=True) is not None


def test_what_was_done_and_comes_anew_has_its_time_begin_again() -> None:
    one = Standstill()
    one.look(0.0, WAITS, at_work=False, joined=True)
    one.look(10.0, {"a": Place(5, 0)}, at_work=False, joined=True)
    assert one.look(STANDS_SECONDS, WAITS, at_work=False, joined=True) is None


def test_a_member_of_no_group_begins_anew_after_its_time_and_not_before() -> None:
    one = Standstill()
    assert one.look(0.0, {}, at_work=False, joined=False) is None
    assert one.look(APART_SECONDS - 1, {}, at_work=False, joined=False) is None
    assert "no group" in (one.look(APART_SECONDS, {}, at_work=False, joined=False) or "")


def test_a_member_that_was_apart_and_is_back_has_its_time_begin_again() -> None:
    one = Standstill()
    one.look(0.0, {}, at_work=False, joined=False)
    one.look(APART_SECONDS - 1, {}, at_work=False, joined=True)
    assert one.look(APART_SECONDS, {}, at_work=False, joined=False) is None


def test_an_idle_worker_with_nothing_waiting_may_stand_for_ever() -> None:
    one = Standstill()
    for now in range(0, 10_000, 1_000):
        assert one.look(float(now), {"a": Place(5, 0)}, at_work=False, joined=True) is None
