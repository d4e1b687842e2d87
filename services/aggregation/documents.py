"""The shapes of the two collections, and the one operation that each write is. Pure: no driver call, no await.

``aggregates``: ``{_id: "2013-H1|citizenship|TH", period, dimension, participant, order, revision, cells}``, the cells
being ``{illegal_entries: {KH: 10000}}``. ``contributions``: ``{_id: "TH|2013-H1", participant, cycle, revision, ...}``.
A member may hold any text; as the name of a field it is quoted (``contracts.figures.field_of``).
"""

from typing import Any

from contracts.figures import fields_of, members_of
from contracts.identity import aggregate_id
from runtime.mongo import Document, UpdateOne
from services.aggregation.rules import Change, Contribution, Known, Place, Share

KNOWN_FIELDS = {"order": 1, "dimensions": 1, "cells": 1, "centre_only": 1}


def place_id(place: Place) -> str:
    return aggregate_id(*place)


def aggregate(place: Place, share: Share) -> Document:
    """An aggregate as it is stored."""
    return {
        "_id": place_id(place),
        **place._asdict(),
        "order": share.order,
        "revision": share.revision,
        "cells": {indicator: fields_of(cells) for indicator, cells in share.cells.items()},
    }


def sharing(place: Place, share: Share) -> UpdateOne:
    """Put a share in its place, unless a newer one, or the same, stands there: then the key is there already."""
    stored = aggregate(place, share)
    guard = {"_id": stored.pop("_id"), "order": {"$lt": share.order}}
    return UpdateOne(guard, {"$set": stored}, upsert=True)


def shared(document: Document) -> tuple[Place, Share]:
    """A stored aggregate."""
    cells = {indicator: members_of(cells) for indicator, cells in document["cells"].items()}
    place = Place(document["period"], document["dimension"], document["participant"])
    return place, Share(int(document["order"]), int(document["revision"]), cells)


def following(change: Change) -> UpdateOne:
    """Put a contribution in the place of its base, and of nothing else.

    Without a base it is made where there is none; where there is one, whatever its order, it is left alone.
    """
    now = change.now
    fields: Document = {
        "participant": now.participant,
        "cycle": now.cycle,
        "partition": now.partition,
        "offset": now.offset,
        "revision": now.revision,
        "judgement": now.judgement,
        "order": now.order,
        "dimensions": list(now.dimensions),
        "cells": now.cells,
        "answered": list(now.answered),
        "centre_only": list(now.centre_only),
        "withdrawn": now.withdrawn,
    }
    if change.base:
        return UpdateOne({"_id": now.series, "order": change.base}, {"$set": fields})
    # `order: 0` never matches; the upsert then makes the document, or its key is there already.
    return UpdateOne({"_id": now.series, "order": 0}, {"$set": fields}, upsert=True)


def closing(change: Change) -> UpdateOne:
    """Add what a change closes to what its stored predecessor keeps to the centre."""
    guard = {"_id": change.now.series, "order": {"$lt": change.now.order}}
    return UpdateOne(guard, {"$addToSet": {"centre_only": {"$each": list(change.closing)}}})


def contribution(document: Document) -> Contribution:
    """A contribution as it is stored."""
    return Contribution(
        participant=document["participant"],
        cycle=document["cycle"],
        revision=int(document["revision"]),
        judgement=int(document["judgement"]),
        dimensions=tuple(document["dimensions"]),
        cells=int(document["cells"]),
        answered=tuple(document["answered"]),
        centre_only=tuple(document["centre_only"]),
        withdrawn=bool(document["withdrawn"]),
        partition=int(document["partition"]),
        offset=int(document["offset"]),
    )


def readable(document: Document) -> Contribution | None:
    """A contribution as it is stored; None where the document is damaged."""
    try:
        found = contribution(document)
    except (KeyError, TypeError, ValueError):
        return None
    return found if (found.series, found.order) == (document["_id"], document.get("order")) else None


def known(document: dict[str, Any]) -> Known:
    """What memory keeps of a stored contribution."""
    return Known(
        int(document["order"]), tuple(document["dimensions"]), int(document["cells"]), tuple(document["centre_only"])
    )
