"""The inbox: notices to one's own focal points, or to the centre; to operators only how their channels stand."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from runtime.mongo import Document
from services.gateway import paging
from services.gateway.api.paged import Cursor, Limit, Page, after_moment, unreadable_cursor
from services.gateway.api.permission import demand
from services.gateway.api.route import Caller, Ports, Route
from services.gateway.problems import documented
from services.gateway.rules import Target, ever
from services.gateway.subject import Subject

router = APIRouter(route_class=Route, tags=["notifications"], responses=documented())


class ChannelState(BaseModel):
    kind: str
    state: str


class NoticeView(BaseModel):
    """A notice. For an operator only ``id`` (a number on the page) and ``channels`` are filled."""

    id: str
    kind: str | None
    cycle: str | None
    participant: str | None
    focal_point: str | None
    at: datetime | None
    channels: list[ChannelState]


@router.get("/notifications")
async def notifications(
    caller: Caller,
    gateway: Ports,
    cycle: str | None = None,
    kind: str | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[NoticeView]:
    """Newest first."""
    wanted = {name: value for name, value in (("cycle", cycle), ("kind", kind)) if value is not None}
    if ever(caller, "see_channel_states"):
        return await _channel_states(gateway, wanted, limit, cursor)
    demand(caller, "see_notices", Target(caller.participant))
    found = await gateway.reads.notices({**wanted, **_inbox(caller)}, after_moment(cursor), limit + 1)
    following = found[limit - 1] if len(found) > limit else None
    return Page(
        items=[_view(one) for one in found[:limit]],
        next=paging.cursor(following["at"].isoformat(), following["_id"]) if following else None,
    )


def _inbox(caller: Subject) -> dict[str, Any]:
    if caller.participant is None:
        return {"audience": "centre"}
    return {"participant": caller.participant, "audience": "participant"}


async def _channel_states(gateway: Ports, wanted: dict[str, Any], limit: int, cursor: str | None) -> Page[NoticeView]:
    # A position, not the last item: that would be its id, which names the cycle, the State and the focal point.
    before = _position(cursor)
    found = await gateway.reads.channel_states(wanted, before, limit + 1)
    return Page(
        items=[_view({"_id": str(number), "channels": one["channels"]}) for number, one in enumerate(found[:limit], 1)],
        next=paging.cursor(str(before + limit)) if len(found) > limit else None,
    )


def _position(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        [text] = paging.read_cursor(cursor, 1)
    except paging.UnreadableCursor as error:
        raise unreadable_cursor() from error
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise unreadable_cursor()
    return int(text)


def _view(found: Document) -> NoticeView:
    return NoticeView(
        id=found["_id"],
        kind=found.get("kind"),
        cycle=found.get("cycle"),
        participant=found.get("participant"),
        focal_point=found.get("focal_point"),
        at=found.get("at"),
        channels=[ChannelState.model_validate(one) for one in found.get("channels") or ()],
    )
