"""A batch of some kilobytes that holds megabytes gives one record that says so, and what follows it comes."""

import itertools
from typing import Any

import aiokafka.consumer.fetcher
import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from runtime.unpacking import MAX_RECORDS, MAX_UNPACKED_BYTES, bound, stands_in

CODECS = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


def batch(at: int, codec: int, *values: bytes) -> bytes:
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=codec, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=-1,
        batch_size=10**9,
    )  # fmt: skip
    for number, value in enumerate(values):
        builder.append(number, timestamp=1, key=b"TH", value=value, headers=[])
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


@pytest.mark.parametrize("codec", CODECS)
def test_a_batch_of_too_many_messages_gives_one_record_at_its_end_and_one_of_the_most_comes_as_sent(codec: str) -> None:
    large, most = [b""] * (MAX_RECORDS + 1), [b""] * MAX_RECORDS
    found = records(batch(7, CODECS[codec], *large) + batch(7 + len(large), CODECS[codec], *most))
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
