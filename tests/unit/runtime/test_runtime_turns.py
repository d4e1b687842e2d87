"""Whoever has written a million messages to one partition does not keep a member from all others."""

from collections import OrderedDict
from collections.abc import Sequence
from types import SimpleNamespace

from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import Fetcher, FetchResult, PartitionRecords
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from runtime.group import Batch, Member, Share
from runtime.settings import ServiceSettings

AT_ONCE = 100
LARGE, OTHER = TopicPartition("vrs.in.TH-IMM", 0), TopicPartition("vrs.submissions", 0)
LARGE_TOO, LATE = TopicPartition("vrs.in.ID-MAR", 3), TopicPartition("vrs.submissions", 1)


class NoWork:
    async def begin(self, share: Share) -> None:
        pass

    async def take(self, share: Share, batch: Batch) -> None:
        pass

    async def finish(self) -> None:
        pass


class Fetched:
    """A member whose client has fetched, and whose broker has nothing more."""

    def __init__(self, *partitions: TopicPartition) -> None:
        self.member = Member(ServiceSettings(), "test", "test", ["vrs.submissions"], NoWork(), max_records=AT_ONCE)
        client = self.member._client
        client._subscription.assign_from_user(partitions)
        self._assignment = client._subscription.subscription.assignment
        # aiokafka's own, without the task that asks a broker.
        self._fetcher = client._fetcher = object.__new__(Fetcher)
        self._fetcher._subscriptions, self._fetcher._records = client._subscription, OrderedDict()
        self._fetcher._wait_consume_future = None
        client._coordinator = SimpleNamespace(check_errors=lambda: None)

    def holds(self, tp: TopicPartition, count: int) -> None:
        """Messages that came after all that are there."""
        builder = DefaultRecordBatchBuilder(
            magic=2, compression_type=0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=-1,
            batch_size=10**9,
        )  # fmt: skip
        for number in range(count):
            builder.append(number, timestamp=1, key=None, value=b"", headers=[])
        records = PartitionRecords(tp, MemoryRecords(bytes(builder.build())), [], 0, None, None, True, 1)
        self._assignment.state_value(tp).reset_to(0)
        self._fetcher._records[tp] = FetchResult(
            tp, assignment=self._assignment, partition_records=records, backoff=0.0
        )

    async def turns(self, count: int) -> Sequence[dict[TopicPartition, list[int]]]:
        """The offsets that come in each of the next turns."""
        found = []
        for _ in range(count):
            _, fetched = await self.member._fetch()
            found.append({tp: [one.offset for one in records] for tp, records in fetched.items()})
        return found


async def test_a_partition_that_fills_a_turn_has_its_next_one_after_all_others() -> None:
    fetched = Fetched(LARGE, OTHER)
    fetched.holds(LARGE, 5_000)
    fetched.holds(OTHER, 2)
    first, second = await fetched.turns(2)
    assert first == {LARGE: list(range(AT_ONCE))}
    assert second == {OTHER: [0, 1], LARGE: list(range(AT_ONCE, 2 * AT_ONCE - 2))}


async def test_partitions_that_all_fill_a_turn_take_turns_and_what_comes_late_has_one_too() -> None:
    fetched = Fetched(LARGE, LARGE_TOO, OTHER, LATE)
    for tp in (LARGE, LARGE_TOO, OTHER):
        fetched.holds(tp, 5_000)
    turns = list(await fetched.turns(2))
    fetched.holds(LATE, AT_ONCE)
    turns += await fetched.turns(6)
    assert [list(turn) for turn in turns] == [
        [LARGE], [LARGE_TOO], [OTHER], [LARGE], [LARGE_TOO], [LATE], [OTHER], [LARGE]
    ]  # fmt: skip


async def test_a_partition_gives_its_messages_in_their_order_whosever_turns_are_between() -> None:
    fetched = Fetched(LARGE, OTHER)
    fetched.holds(LARGE, 1_000)
    fetched.holds(OTHER, 950)
    turns = await fetched.turns(20)
    for tp, count in ((LARGE, 1_000), (OTHER, 950)):
        assert [offset for turn in turns for offset in turn.get(tp, ())] == list(range(count))
