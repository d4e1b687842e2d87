"""A page set: pages about one thing, with their own router, templates, texts and menu entries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from services.gateway.portal.menu import Entry


@dataclass(frozen=True)
class PageSet:
    """``name``: its folder under portal/, also the prefix of its templates (``name/page.html``) and static files."""

    name: str
    router: APIRouter
    menu: Sequence[Entry] = field(default=())

    @property
    def folder(self) -> Path:
        return Path(__file__).parent / self.name
