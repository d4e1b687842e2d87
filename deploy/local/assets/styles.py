"""What is taken out of govuk-frontend's ready CSS. Pure.

Its typeface is licensed for GOV.UK alone and its crest is the United Kingdom's: neither may appear here, and no
file of either is asked for.
"""

from __future__ import annotations

import re

FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif'
_FACE = re.compile(r"@font-face\{[^}]*\}")
_FAMILY = re.compile(r"font-family:GDS Transport,arial,sans-serif")
_CREST = re.compile(r"(?:-webkit-)?(?:background|mask)-image:url\(/assets/[^)]*\);?")


def without_foreign_fonts(css: bytes) -> bytes:
    """The style sheet with the system's own font and without any file of its own."""
    text = _FAMILY.sub(f"font-family:{FONTS}", _FACE.sub("", css.decode()))
    text = _CREST.sub("", text)
    if "GDS Transport" in text or "url(/" in text:
        raise ValueError("the style sheet still names a font or a file: its shape has changed")
    return text.encode()
