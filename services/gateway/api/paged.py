"""The parameters and the shape that every list shares."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from services.gateway import paging
from services.gateway.problems import Problem, fault

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=200, description="Items on a page.")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")]


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(None, description="Give it as `cursor` for the page after; null: there is none.")


def page_of(items: Iterable[T], key: Callable[[T], str], limit: int, cursor: str | None) -> tuple[list[T], str | None]:
    """One page of a list held in memory."""
    try:
        return paging.page(items, key, limit, cursor)
    except paging.UnreadableCursor as error:
        raise unreadable_cursor() from error


def after_moment(cursor: str | None) -> tuple[datetime, str] | None:
    """The moment and the id of the last item seen, for lists that are newest first."""
    if not cursor:
        return None
    try:
        at, one = paging.read_cursor(cursor, 2)
        # The first and last hours of the calendar are no moments in UTC, and cannot be compared with any.
        return datetime.fromisoformat(at).astimezone(UTC), one
    except (ValueError, OverflowError) as error:
        raise unreadable_cursor() from error


def unreadable_cursor() -> Problem:
    return Problem(422, "The cursor is none of ours.", [fault("parameter.invalid", "Take `cursor` from `next`.")])
