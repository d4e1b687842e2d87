"""What the driver says about an error quotes documents; what goes into our logs says which error it is."""

import traceback

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
    WriteError,
)

from runtime.mongo import asking
from runtime.outcome import NotNow

SECRET = 4711
WROTE = {"q": {"_id": "2013-H1|citizenship|TH"}, "u": {"$set": {"cells": {"illegal_entries": {"KH": SECRET}}}}}


def bulk(*codes: int, concern: int | None = None) -> BulkWriteError:
    writes = [{"index": number, "code": code, "errmsg": "disk", "op": WROTE} for number, code in enumerate(codes)]
    concerns = [] if concern is None else [{"code": concern, "errmsg": f"waiting for {SECRET} timed out"}]
    return BulkWriteError({"writeErrors": writes, "writeConcernErrors": concerns, "nMatched": 0, "nUpserted": 0})


ERRORS: list[tuple[PyMongoError, str]] = [
    (bulk(14031, 11000, 14031), "BulkWriteError: 1 of code 11000, 2 of code 14031"),
    (bulk(concern=64), "BulkWriteError: 1 of code 64"),
    (DuplicateKeyError(f"E11000 dup key: {{ claim: '{SECRET}' }}", 11000, {"keyValue": SECRET}), "code 11000"),
    (WriteError(f"Cannot create field 'x' in element {{KH: {SECRET}}}", 28, {"op": WROTE}), "WriteError: code 28"),
    (WriteConcernError("waiting", 64, {"op": WROTE}), "WriteConcernError: code 64"),
    (OperationFailure(f"FieldPath '{SECRET}'", None, {"op": WROTE}), "OperationFailure: code None"),
    (AutoReconnect("127.0.0.1:27017: connection closed"), "AutoReconnect: 127.0.0.1:27017: connection closed"),
]


@pytest.mark.parametrize(("error", "said"), ERRORS)
def test_an_error_of_the_database_is_told_without_what_was_to_be_written(error: PyMongoError, said: str) -> None:
    with pytest.raises(NotNow) as raised, asking("aggregates"):
        raise error
    assert str(raised.value).startswith("aggregates: ")
    assert said in str(raised.value)
    logged = "".join(traceback.format_exception(raised.value))
    assert said in logged
    assert str(SECRET) not in logged
