"""The screen over a whole JSON value: every string and every key, each with its RFC 6901 pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from screening.hit import MOST_HITS, Hit
from screening.text import screen

# Returns are six levels deep. Spelling out the pointer of every node of a 10,000-deep value, only to ask about it,
# would take time in the square of the depth: below this level nothing is skipped, so all of it is screened.
DEEPEST_SKIP = 64
# No key of a return is longer; the pointers of all that is below one of a megabyte would take its size each time.
LONGEST_TOKEN = 200


class _Place(NamedTuple):
    parent: _Place | None
    token: str | int
    depth: int

    def pointer(self) -> str:
        """The pointer of the place, or of what is around the first key in it that is too long to repeat."""
        tokens: list[str] = []
        place: _Place | None = self
        while place is not None:
            token = str(place.token)
            if len(token) > LONGEST_TOKEN:
                tokens.clear()
            else:
                tokens.append(token.replace("~", "~0").replace("/", "~1"))
            place = place.parent
        return "".join(f"/{token}" for token in reversed(tokens))


def screen_tree(value: object, skip: Callable[[str], bool] | None = None) -> list[tuple[str, Hit]]:
    """(pointer, hit) in the order of the document, at most about `MOST_HITS`.

    `skip`: says of a pointer that its whole branch is not to be looked at. A hit in a key carries the pointer of that
    member. The walk has a stack of its own: depth costs no recursion.
    """
    found: list[tuple[str, Hit]] = []
    waiting: list[tuple[object, _Place | None]] = [(value, None)]
    while waiting and len(found) < MOST_HITS:
        node, place = waiting.pop()
        if skip is not None and _skipped(skip, place):
            continue
        texts = [place.token] if place is not None and isinstance(place.token, str) else []
        if isinstance(node, str):
            texts.append(node)
        hits = [hit for text in texts for hit in screen(text)]
        if hits:
            pointer = place.pointer() if place is not None else ""
            found += [(pointer, hit) for hit in hits]
        depth = place.depth + 1 if place is not None else 1
        if isinstance(node, dict):
            waiting += [(child, _Place(place, str(key), depth)) for key, child in reversed(node.items())]
        elif isinstance(node, list | tuple):
            waiting += [(node[i], _Place(place, i, depth)) for i in reversed(range(len(node)))]
    return found


def _skipped(skip: Callable[[str], bool], place: _Place | None) -> bool:
    if place is None:
        return skip("")
    return place.depth <= DEEPEST_SKIP and skip(place.pointer())
