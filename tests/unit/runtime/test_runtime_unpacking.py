"""A batch of some kilobytes that holds megabytes gives one record that says so, and what follows it comes."""

import itertools
from typing import Any

import aiokafka.consumer.fetcher
import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from runtime.unpacking import MAX_RECORDS, MAX_UNPACKED_BYTES, bound, stands_in

CODECS = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
PLAIN = {"none": 0, **CODECS}


def batch(at: int, codec: int, *values: bytes, header: str = "ce_id") -> bytes:
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=codec, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=-1,
        batch_size=10**9,
    )  # fmt: skip
    for number, value in enumerate(values):
        builder.append(number, timestamp=1, key=b"TH", value=value, headers=[(header, b"1")])
    packed = builder.build()
    packed[:8] = at.to_bytes(8, "big")
    return bytes(packed)


def records(fetched: bytes) -> list[Any]:
    """As aiokafka's fetcher takes them."""
    bound()
    batches = aiokafka.consumer.fetcher.MemoryRecords(fetched)
    found = []
    while batches.has_next():
        one = batches.next_batch()
        assert one.validate_crc()
        assert not one.is_control_batch
        found.append(list(one))
    return list(itertools.chain(*found))


@pytest.mark.parametrize("codec", CODECS)
def test_a_batch_within_the_limit_comes_as_it_was_sent(codec: str) -> None:
    values = [b"one", bytes(MAX_UNPACKED_BYTES - 1000), b"three"]
    found = records(batch(7, CODECS[codec], *values))
    assert [(one.offset, one.value) for one in found] == list(enumerate(values, 7))
    assert not any(stands_in(one.headers) for one in found)


@pytest.mark.parametrize("codec", CODECS)
def test_a_batch_past_the_limit_gives_one_record_at_its_end_and_the_next_batch_comes(codec: str) -> None:
    large = batch(0, CODECS[codec], b"one", bytes(MAX_UNPACKED_BYTES), b"three")
    found = records(large + batch(3, CODECS[codec], b"four"))
    assert [(one.offset, one.value, stands_in(one.headers)) for one in found] == [(2, None, True), (3, b"four", False)]


@pytest.mark.parametrize("codec", PLAIN)
def test_a_batch_of_too_many_messages_gives_one_record_at_its_end_and_one_of_the_most_comes_as_sent(codec: str) -> None:
    large, most = [b""] * (MAX_RECORDS + 1), [b""] * MAX_RECORDS
    found = records(batch(7, PLAIN[codec], *large) + batch(7 + len(large), PLAIN[codec], *most))
    assert [(one.offset, stands_in(one.headers)) for one in found] == [
        (7 + MAX_RECORDS, True),
        *((8 + MAX_RECORDS + number, False) for number in range(MAX_RECORDS)),
    ]


@pytest.mark.parametrize("codec", CODECS)
def test_a_batch_that_does_not_unpack_gives_one_record_that_says_so(
    codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = bytearray(batch(0, CODECS[codec], b"one", bytes(1000)))
    packed[61:] = b"\xff" * (len(packed) - 61)  # past the header of the batch
    bound()
    [one] = list(aiokafka.consumer.fetcher.MemoryRecords(bytes(packed)).next_batch())
    assert (one.offset, stands_in(one.headers)) == (1, True)


def with_latin_1(packed: bytes) -> bytes:
    """The same uncompressed batch with its last ``ce_id`` written as no UTF-8: some clients take bytes for a name."""
    before, _, behind = packed.rpartition(b"ce_id")
    changed = before + b"ce_\xefd" + behind
    return changed[:17] + int(calc_crc32c(changed[21:])).to_bytes(4, "big") + changed[21:]


def test_a_message_that_cannot_be_read_gives_one_record_that_says_so_and_the_next_batch_comes() -> None:
    found = records(with_latin_1(batch(7, 0, b"one")) + batch(8, 0, b"two"))
    assert [(one.offset, one.value, stands_in(one.headers)) for one in found] == [(7, None, True), (8, b"two", False)]


def test_what_stands_before_a_message_that_cannot_be_read_comes_as_it_was_sent() -> None:
    found = records(with_latin_1(batch(0, 0, b"one", b"two")))
    assert [(one.offset, one.value, stands_in(one.headers)) for one in found] == [(0, b"one", False), (1, None, True)]


def test_the_end_of_a_transaction_stays_what_aiokafka_takes_it_for() -> None:
    marker = bytearray(batch(0, 0, b""))
    marker[22] |= 0x20  # the bit of its attributes that says so
    bound()
    assert next(aiokafka.consumer.fetcher.MemoryRecords(bytes(marker)).next_batch()).offset == 0
