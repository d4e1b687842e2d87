"""Finds personal data in free text, so that no return can carry any: figures and descriptions only, never persons.

In: a text, or a JSON value. Out: where something was found and of what kind; never the text itself, so that a hit can
be logged and shown. Pure, and linear in the length of the text.
"""

from screening.hit import Hit, Kind
from screening.text import screen
from screening.tree import screen_tree

__all__ = ["Hit", "Kind", "screen", "screen_tree"]
