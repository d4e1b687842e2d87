"""A write that the database refuses is done again later, and its figures are in no log."""

import traceback
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from runtime.outcome import NotNow
from services.aggregation.rules import Place, Share
from services.aggregation.store import MongoStore

PLACE = Place("2013-H1", "citizenship", "TH")
CENTRE_ONLY = {"illegal_entries": {"KH": 4711}}


class Full:
    """A collection on a disk that is full: it answers each write with what was to be written."""

    async def bulk_write(self, operations: list[Any], **_: Any) -> Any:
        errors = [
            {"index": number, "code": 14031, "errmsg": "disk", "op": {"u": repr(one)}}
            for number, one in enumerate(operations)
        ]
        raise BulkWriteError({"writeErrors": errors, "writeConcernErrors": [], "nMatched": 0, "nUpserted": 0})


async def test_a_refused_write_says_how_many_and_the_code_and_no_figure() -> None:
    store = MongoStore({"contributions": Full(), "aggregates": Full()})  # type: ignore[arg-type]  # all it asks for
    with pytest.raises(NotNow) as raised:
        await store.write({PLACE: Share(1_000_000, 1, CENTRE_ONLY)})
    logged = "".join(traceback.format_exception(raised.value))
    assert "aggregates: BulkWriteError: 1 of code 14031" in logged
    assert "4711" not in logged
