"""A row that the database refuses is written again later, and nobody's address or code is in a log."""

import traceback
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from runtime.outcome import NotNow
from services.notification.notices import Patience, begun
from services.notification.rules import NoticePlan
from services.notification.store import MongoStore

NOW = datetime(2013, 7, 1, tzinfo=UTC)


class Full:
    """A collection on a disk that is full: it answers each write with what was to be written."""

    async def insert_many(self, rows: list[Any], **_: Any) -> Any:
        raise BulkWriteError({"writeErrors": [{"index": 0, "code": 14031, "op": rows[0]}], "writeConcernErrors": []})


async def test_a_refused_row_says_how_many_and_the_code_and_not_whom_it_is_for() -> None:
    store = MongoStore({"returns": Full(), "notices": Full()})  # type: ignore[arg-type]  # all it asks for
    row = begun(NoticePlan("2013-H1", "TH", "north-border", "due_today", at=NOW), NOW, Patience())
    with pytest.raises(NotNow) as raised:
        await store.insert([row])
    logged = "".join(traceback.format_exception(raised.value))
    assert "the notices: BulkWriteError: 1 of code 14031" in logged
    assert "north-border" not in logged
