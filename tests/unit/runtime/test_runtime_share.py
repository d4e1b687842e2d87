"""What a member of a group has until the next rebalance, and how the group learns what of it is done."""

from runtime.group import Offsets, Share
from runtime.message import Partition

FIRST, SECOND = Partition("vrs.reports.judged", 1), Partition("vrs.reports.judged", 2)


class Group:
    """A group that hears commits, or is away."""

    def __init__(self, *, hears: bool) -> None:
        self.hears = hears
        self.told: list[Offsets] = []

    async def commit(self, offsets: Offsets) -> bool:
        self.told.append(offsets)
        return self.hears


async def test_what_is_done_is_told_once() -> None:
    group = Group(hears=True)
    share = Share([FIRST], group.commit)
    share.done(FIRST, 6)
    await share.commit()
    await share.commit()
    assert group.told == [{FIRST: 7}]


async def test_a_commit_that_nobody_heard_is_told_again_though_nothing_more_is_done() -> None:
    group = Group(hears=False)
    share = Share([FIRST], group.commit)
    share.done(FIRST, 6)
    await share.commit()
    group.hears = True
    await share.commit()
    assert group.told == [{FIRST: 7}, {FIRST: 7}]


async def test_what_was_done_since_a_commit_that_nobody_heard_is_not_set_back_by_it() -> None:
    share: Share

    async def commit(offsets: Offsets) -> bool:
        told.append(offsets)
        if len(told) == 1:
            share.done(FIRST, 9)
            return False
        return True

    told: list[Offsets] = []
    share = Share([FIRST, SECOND], commit)
    share.done(FIRST, 6)
    share.done(SECOND, 2)
    await share.commit()
    await share.commit()
    assert told == [{FIRST: 7, SECOND: 3}, {FIRST: 10, SECOND: 3}]


async def test_of_a_lost_share_nothing_is_told() -> None:
    group = Group(hears=True)
    share = Share([FIRST], group.commit)
    share.done(FIRST, 6)
    share.lost = True
    await share.commit()
    assert group.told == []


async def test_where_all_that_came_is_done_the_group_stands_where_the_client_does() -> None:
    """A transaction's marker takes an offset, and is no message."""
    group = Group(hears=True)
    share = Share([FIRST], group.commit)
    share.brought(FIRST, 6)
    share.reached(FIRST, 8)
    await share.commit()
    assert group.told == []
    share.done(FIRST, 6)
    share.reached(FIRST, 8)
    share.reached(FIRST, 8)
    await share.commit()
    await share.commit()
    assert group.told == [{FIRST: 8}]


async def test_where_something_that_came_is_not_done_the_group_stands_before_it() -> None:
    group = Group(hears=True)
    share = Share([FIRST], group.commit)
    share.brought(FIRST, 6)
    share.done(FIRST, 6)
    share.brought(FIRST, 7)
    share.reached(FIRST, 9)
    await share.commit()
    assert group.told == [{FIRST: 7}]


async def test_where_nothing_but_markers_came_since_the_share_began_the_group_stands_past_them() -> None:
    group = Group(hears=True)
    share = Share([FIRST], group.commit)
    share.reached(FIRST, 4)
    await share.commit()
    share.reached(FIRST, 5)
    await share.commit()
    assert group.told == [{FIRST: 4}, {FIRST: 5}]
