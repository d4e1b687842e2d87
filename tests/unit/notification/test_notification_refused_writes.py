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


ROW = begun(NoticePlan("2013-H1", "TH", "north-border", "due_today", at=NOW), NOW, Patience())


class Refusing:
    """A collection that answers a write with what was to be written, a code, and what its majority says."""

    def __init__(self, code: int, *concerns: int) -> None:
        self._code, self._concerns = code, concerns

    async def insert_many(self, rows: list[Any], **_: Any) -> Any:
        errors = [{"index": 0, "code": self._code, "op": rows[0]}]
        raise BulkWriteError({"writeErrors": errors, "writeConcernErrors": [{"code": one} for one in self._concerns]})


def over(notices: Refusing) -> MongoStore:
    return MongoStore({"returns": notices, "notices": notices})  # type: ignore[arg-type]  # all it asks for


async def test_a_refused_row_says_how_many_and_the_code_and_not_whom_it_is_for() -> None:
    with pytest.raises(NotNow) as raised:
        await over(Refusing(14031)).insert([ROW])
    logged = "".join(traceback.format_exception(raised.value))
    assert "the notices: BulkWriteError: 1 of code 14031" in logged
    assert "north-border" not in logged


async def test_a_row_that_is_there_counts_as_another_workers_only_if_a_majority_has_what_was_written() -> None:
    assert await over(Refusing(11000)).insert([ROW]) == set()
    with pytest.raises(NotNow):
        await over(Refusing(11000, 64)).insert([ROW])
