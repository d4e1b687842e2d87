"""Whole numbers that stand in fields of the portal's own making: versions, places of rows, days. Pure."""


def whole(text: str) -> int | None:
    """The number of at most nine ASCII digits, else None.

    Python takes digits of every script for decimal, and refuses to read very long numbers by an exception.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
