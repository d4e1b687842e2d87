"""The shapes of the two collections, and the one operation that each write is. Pure: no driver call, no await.

``aggregates``: ``{_id: "2013-H1|citizenship|KH", period, dimension, member, by: {TH: {order, revision, cells}}}``.
``contributions``: ``{_id: "TH|2013-H1", participant, cycle, revision, judgement, order, figures, answered, ...}``.
Field names come from participants (``[A-Z0-9]+``) and indicators only; a member may hold any text and is a value.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from contracts.identity import aggregate_id
from runtime.mongo import Document, UpdateOne
from services.aggregation.packing import cells_in, pack, unpack
from services.aggregation.repair import Repair
from services.aggregation.rules import Change, Contribution, Known, Place, Share

KNOWN_FIELDS = {"order": 1, "figures": 1, "centre_only": 1}
STAMP = {"stamp": {"$sum": {"$map": {"input": {"$objectToArray": {"$ifNull": ["$by", {}]}}, "in": "$$this.v.order"}}}}
"""A field that is ``rules.stamp``, added up by the database: some 50 bytes an aggregate instead of all its States."""


def place_id(place: Place) -> str:
    return aggregate_id(*place)


def sharing(place: Place, by: Mapping[str, Share]) -> UpdateOne:
    """Put the shares of one or several States into their aggregate, each unless a newer one stands there."""
    period, dimension, member = place
    fields: Document = {
        "period": {"$literal": period},
        "dimension": {"$literal": dimension},
        "member": {"$literal": member},
    }
    for participant, (order, revision, cells) in by.items():
        stored, path, stored_order = _paths(participant)
        share = {"order": order, "revision": revision, "cells": cells}
        fields[stored] = {"$cond": [{"$lt": [stored_order, order]}, {"$literal": share}, path]}
    return UpdateOne({"_id": aggregate_id(period, dimension, member)}, [{"$set": fields}], upsert=True)


@cache
def _paths(participant: str) -> tuple[str, str, Document]:
    """Where a State's share stands, that as an expression, and its order, 0 where there is none."""
    return f"by.{participant}", f"$by.{participant}", {"$ifNull": [f"$by.{participant}.order", 0]}


def aggregate(document: Document) -> tuple[Place, dict[str, Share]]:
    """An aggregate as it is stored."""
    by = {p: Share(int(s["order"]), int(s["revision"]), s["cells"]) for p, s in document.get("by", {}).items()}
    return Place(document["period"], document["dimension"], document["member"]), by


def shares(document: Document) -> list[tuple[Place, str, Any]]:
    """Every share of a stored aggregate with its place, as it stands there."""
    place = Place(*(str(document.get(field)) for field in Place._fields))
    by = document.get("by")
    return [(place, participant, seen) for participant, seen in by.items()] if isinstance(by, dict) else []


def repairing(repair: Repair) -> UpdateOne:
    """Replace a share, or take it away, if it still is the one that was seen."""
    stored = f"by.{repair.participant}"
    guard = {"_id": place_id(repair.place), stored: repair.seen}
    if repair.wanted is None:
        return UpdateOne(guard, {"$unset": {stored: ""}})
    return UpdateOne(guard, {"$set": {stored: repair.wanted._asdict()}})


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
        "figures": pack(now.tables),
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
        tables=unpack(document["figures"]),
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
    packed = bytes(document["figures"])
    return Known(int(document["order"]), packed, cells_in(unpack(packed)), tuple(document["centre_only"]))


def with_closed(stored: Contribution, closed: tuple[str, ...]) -> Contribution:
    return replace(stored, centre_only=closed)
