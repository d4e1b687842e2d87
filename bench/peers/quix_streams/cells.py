"""The database at the end of a stream: a batching sink that writes the newest total of each cell once a checkpoint."""

from typing import Any

from pymongo import MongoClient, ReplaceOne, WriteConcern
from quixstreams.sinks import BaseSink


class Cells(BaseSink):
    """Takes {cell: total}. Quix Streams' own MongoDBSink writes every record, in order; this one the last of each."""

    def __init__(self, url: str, database: str) -> None:
        super().__init__()
        # As the service beside it: written is what a majority has on disk.
        concern = WriteConcern(w="majority", j=True)
        self._collection = MongoClient(url)[database].get_collection("cells", write_concern=concern)
        self._changed: dict[str, int] = {}

    def add(self, value: dict[str, int], **_about: Any) -> None:
        self._changed.update(value)

    def flush(self) -> None:
        changed, self._changed = self._changed, {}
        if changed:
            writes = [ReplaceOne({"_id": cell}, {"value": total}, upsert=True) for cell, total in changed.items()]
            self._collection.bulk_write(writes, ordered=False)

    def on_paused(self) -> None:
        self._changed.clear()
