"""Pages: ``{"items": [...], "next": cursor or null}``. A cursor names the last item seen, not a position. Pure."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


class UnreadableCursor(ValueError):
    """The cursor is not one of ours."""


def cursor(*key: str) -> str:
    """An opaque text for the sort key of the last item of a page."""
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(text: str, size: int) -> tuple[str, ...]:
    """The sort key again. Raises UnreadableCursor."""
    try:
        key = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        json.dumps(key, ensure_ascii=False).encode()  # half a character is no text, and no database takes it
    except (binascii.Error, ValueError, RecursionError) as error:
        raise UnreadableCursor from error
    if not isinstance(key, list) or len(key) != size or not all(isinstance(part, str) for part in key):
        raise UnreadableCursor
    return tuple(key)


def page(items: Iterable[T], key: Callable[[T], str], limit: int, after: str | None) -> tuple[list[T], str | None]:
    """The next ``limit`` items by ``key`` and the cursor of the following page. Raises UnreadableCursor."""
    last = read_cursor(after, 1)[0] if after else None
    rest = sorted((one for one in items if last is None or key(one) > last), key=key)
    return rest[:limit], cursor(key(rest[limit - 1])) if len(rest) > limit else None
