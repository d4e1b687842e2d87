"""Participants by cycles: where each return stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.api.cycles import CompletenessView, StandingView


@dataclass(frozen=True, slots=True)
class Matrix:
    """``rows``: participant to cycle to its standing; a gap where it is not expected."""

    cycles: list[CompletenessView]
    rows: dict[str, dict[str, StandingView]]

    @classmethod
    def of(cls, views: Sequence[CompletenessView]) -> "Matrix":
        """In the order of ``views``, participants by code."""
        rows: dict[str, dict[str, StandingView]] = {}
        for view in views:
            for one in view.items:
                rows.setdefault(one.participant, {})[view.cycle] = one
        return cls(list(views), dict(sorted(rows.items())))
