"""The screen over a whole JSON value: every string and every key, each with its RFC 6901 pointer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from screening.hit import MOST_HITS, Hit
from screening.text import screen

# No key of a return is longer; the pointers of all that is below one of a megabyte would take its size each time.
LONGEST_TOKEN = 200

Token = str | int
Children = Iterator[tuple[Token, object]]


def screen_tree(value: object) -> list[tuple[str, Hit]]:
    """(pointer, hit) in the order of the document, at most about `MOST_HITS`.

    A hit in a key carries the pointer of that member. The walk has a stack of its own: depth costs no recursion.
    """
    clean: set[str] = set()  # names of fields and codes stand in every row: each text is looked at once
    for text in _texts(value):
        if screen(text):
            return _places(value, clean)
        clean.add(text)
    return []


def _texts(value: object) -> set[str]:
    """Every string and every key of a JSON value. Nearly all returns are clean, and need no places."""
    texts: set[str] = set()
    waiting: list[Any] = [value]
    for one in waiting:  # which grows meanwhile
        kind = type(one)  # not isinstance: every value of every return passes here
        if kind is str:
            texts.add(one)
        elif kind is dict:
            texts.update(one)
            waiting += one.values()
        elif kind is list or kind is tuple:
            waiting += one
    return texts


def _places(value: object, clean: set[str]) -> list[tuple[str, Hit]]:
    found: list[tuple[str, Hit]] = []
    around: list[Token] = []
    opened: list[Children] = [iter([("", value)])]
    while opened:
        for token, child in opened[-1]:
            for text in (token, child):
                if not isinstance(text, str) or text in clean:
                    continue
                if hits := screen(text):
                    pointer = _pointer((*around[1:], token) if around else ())
                    found += [(pointer, hit) for hit in hits]
                    if len(found) >= MOST_HITS:
                        return found
                else:
                    clean.add(text)
            if isinstance(child, dict | list | tuple):
                around.append(token)
                opened.append(iter(child.items()) if isinstance(child, dict) else enumerate(child))
                break
        else:
            opened.pop()
            del around[-1:]
    return found


def _pointer(place: Sequence[Token]) -> str:
    """The pointer of the place, or of what is around the first key in it that is too long to repeat."""
    told = ""
    for token in place:
        name = str(token)
        if len(name) > LONGEST_TOKEN:
            break
        told += "/" + name.replace("~", "~0").replace("/", "~1")
    return told
