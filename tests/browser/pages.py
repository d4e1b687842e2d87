"""Every page there is and who looks at it: for the pictures, and for the checks that hold for all of them.

Add a page set's pages here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    """``name``: of its picture."""

    name: str
    path: str
    login: str | None


EVERYBODY = ("centre", "thailand", "thailand-analyst", "indonesia-immigration", "operator")

PAGES: tuple[Seen, ...] = (
    Seen("sign-in", "/sign-in", None),
    Seen("not-found", "/nothing-here", None),
    *(Seen(f"dashboard-{login}", "/", login) for login in EVERYBODY),
    Seen("not-found-signed-in", "/nothing-here", "thailand"),
    Seen("password", "/account/password", "thailand"),
    Seen("returns", "/returns", "thailand"),
    Seen("desk", "/desk", "indonesia"),
    Seen("search", "/search", "thailand-analyst"),
    Seen("cycles", "/cycles", "centre"),
    Seen("participants", "/participants", "centre"),
    Seen("definitions", "/content/definitions", "thailand"),
)
