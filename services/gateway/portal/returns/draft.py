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
    """A version that was sent, and as which submission: what its receipt says."""

    version: int
    submission: str
    hash: str
    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """``sent``: what was sent from it, first to last."""

    series: str
    participant: str
    cycle: str
    agency: str | None
    version: int = 0
    answers: Mapping[str, Held] = field(default_factory=dict)
    saved_at: datetime | None = None
    saved_by: str = ""
    sent: tuple[Sent, ...] = ()

    @property
    def typed(self) -> dict[str, TypedAnswer]:
        return {question: held.typed for question, held in self.answers.items()}

    @property
    def last_sent(self) -> int:
        """The newest version that was sent; 0 for none."""
        return max((one.version for one in self.sent), default=0)

    @property
    def open(self) -> bool:
        """Whether there is something in it that has not been sent."""
        return any(held.version > self.last_sent for held in self.answers.values())

    @property
    def key(self) -> str:
        """The Idempotency-Key of sending this version."""
        return f"portal draft {self.series} {self.version}"

    def as_which(self, version: int) -> Sent | None:
        """What was sent of this version."""
        return next((one for one in self.sent if one.version == version), None)

    def receipt(self, submission: str) -> Sent | None:
        """What was sent as this submission."""
        return next((one for one in self.sent if one.submission == submission), None)

    def with_answer(self, question: str, typed: TypedAnswer, by: str, now: datetime, page: str = "") -> Self:
        """The next version, with this answer; this version where it says so already.

        Saved by hand, it stays so: a page that saves the same by itself only then, because its request was slow,
        would seem to be somebody else to the page that its visitor is on by now.
        """
        held = self.answers.get(question)
        if (held is None and typed.blank) or (held is not None and held.typed == typed and held.page in ("", page)):
            return self
        version = self.version + 1
        answers = {**self.answers, question: Held(typed, version, by, page)}
        return replace(self, version=version, answers=answers, saved_at=now, saved_by=by)

    def conflicts(self, question: str, typed: TypedAnswer, seen: int, page: str) -> bool:
        """Whether somebody else has changed this answer since version ``seen`` was shown, to something else.

        ``page``: the page that saves. It does not contradict itself, as long as nobody has saved by hand since.
        """
        held = self.answers.get(question)
        if held is None or held.version <= seen or held.typed == typed:
            return False
        return not page or held.page != page

    def begun_from(self, answers: Mapping[str, TypedAnswer], by: str, now: datetime) -> Self:
        """The next version, with these answers instead of all that was there."""
        version = self.version + 1
        held = {question: Held(typed, version, by) for question, typed in answers.items()}
        return replace(self, version=version, answers=held, saved_at=now, saved_by=by)

    def as_sent(self, sent: Sent) -> Self | None:
        """The next version, which knows what was sent; None where that is known already."""
        if self.as_which(sent.version) is not None:
            return None
        return replace(self, version=self.version + 1, sent=(*self.sent, sent))
