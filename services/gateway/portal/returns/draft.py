"""A draft of a return: what was typed, who saved it when, and what it became. Values and what may happen to them; pure.

A draft is one per series and never ends: its version only grows, also over sending and beginning anew, so that the
Idempotency-Key that is made from it never stands for two reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from services.gateway.portal.returns.typed import TypedAnswer


@dataclass(frozen=True, slots=True)
class Held:
    """What was typed for one question, with the version and the page it came with."""

    typed: TypedAnswer
    version: int
    by: str
    page: str = ""
    """The page that is saving by itself; blank once somebody has saved it by hand."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A version that was sent, and as which submission."""

    version: int
    submission: str
    hash: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """``based_on``: the revision that is being corrected, ``reason``: why."""

    series: str
    participant: str
    cycle: str
    agency: str | None
    version: int = 0
    answers: Mapping[str, Held] = field(default_factory=dict)
    saved_at: datetime | None = None
    saved_by: str = ""
    based_on: int | None = None
    reason: str = ""
    sent: Sent | None = None

    @property
    def typed(self) -> dict[str, TypedAnswer]:
        return {question: held.typed for question, held in self.answers.items()}

    @property
    def open(self) -> bool:
        """Whether there is something in it that has not been sent."""
        return any(self.sent is None or held.version > self.sent.version for held in self.answers.values())

    @property
    def key(self) -> str:
        """The Idempotency-Key of sending this version."""
        return f"portal draft {self.series} {self.version}"

    def with_answer(self, question: str, typed: TypedAnswer, by: str, now: datetime, page: str = "") -> Self:
        """The next version, with this answer."""
        version = self.version + 1
        answers = {**self.answers, question: Held(typed, version, by, page)}
        return replace(self, version=version, answers=answers, saved_at=now, saved_by=by)

    def conflicts(self, question: str, typed: TypedAnswer, seen: int, page: str) -> bool:
        """Whether somebody else has changed this answer since version ``seen`` was shown, to something else."""
        held = self.answers.get(question)
        if held is None or held.version <= seen or held.typed == typed:
            return False
        return not page or held.page != page

    def begun_from(self, answers: Mapping[str, TypedAnswer], based_on: int | None, by: str, now: datetime) -> Self:
        """The next version, with these answers instead of all that was there."""
        version = self.version + 1
        held = {question: Held(typed, version, by) for question, typed in answers.items()}
        return replace(
            self, version=version, answers=held, saved_at=now, saved_by=by, based_on=based_on, reason="", sent=self.sent
        )

    def with_reason(self, reason: str, by: str, now: datetime) -> Self:
        return replace(self, version=self.version + 1, reason=reason, saved_at=now, saved_by=by)

    def as_sent(self, sent: Sent) -> Self | None:
        """The next version, which knows what was sent; None where that is known already."""
        if self.sent is not None and self.sent.version >= sent.version:
            return None
        return replace(self, version=self.version + 1, sent=sent)
