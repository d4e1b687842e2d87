"""Commands on a return that is recorded: explain, review, withdraw, release. Each has a document with its status."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from contracts.events import ExplanationsGiven, ReleaseRequested, ReviewRequested, WithdrawalRequested
from contracts.findings import Finding
from contracts.identity import revision_id, series_id
from runtime.failpoints import passing
from runtime.outcome import Done
from runtime.publisher import TooLargeError
from services.ingest.announcements import Announcements
from services.ingest.documents import Revision, Step, Submission
from services.ingest.parts import Parts
from services.ingest.recording import Recording
from services.ingest.rules import commands, line
from services.ingest.rules.commands import AnyCommand
from services.ingest.rules.intake import instant, rejected
from services.ingest.series import Series
from services.ingest.store import OPEN, Store, UnfitError

Effect = Revision | list[Finding]
"""The revision that a command has acted on, or why it has not."""


class Commands:
    """An effect carries the id of its command, so that it happens once and is found again."""

    def __init__(
        self,
        store: Store,
        series: Series,
        announcements: Announcements,
        recording: Recording,
        parts: Parts,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._series, self._announcements = store, series, announcements
        self._recording, self._parts, self._now = recording, parts, now

    async def take(self, command: AnyCommand) -> Done:
        """Do what is asked, or end the command as rejected; whatever is done already stays as it is."""
        # In a thread: 1 MB of explanations is looked through for a second, and every other partition is waiting.
        received = await asyncio.to_thread(commands.received, command, self._now())
        await passing("ingest.submission.before")
        await self._store.add_submission(received)
        await passing("ingest.submission.after")
        kept = await self._recording.kept(command.command_id)
        if kept.state in ("accepted", "rejected"):
            return Done(f"{kept.kind} again")
        try:
            effect = await self._act(command)
        except (TooLargeError, UnfitError):
            effect = commands.nothing_to_do("what it says is too large to be kept and passed on")
        at = self._now()

        def end(one: Submission) -> Submission:
            return commands.done(one, effect, at) if isinstance(effect, Revision) else rejected(one, effect, at)

        await self._series.end(kept, end)
        return Done(kept.kind)

    async def _act(self, command: AnyCommand) -> Effect:
        match command:
            case ExplanationsGiven():
                return await self._explain(command)
            case ReviewRequested():
                return await self._review(command)
            case WithdrawalRequested():
                return await self._withdraw(command)
            case ReleaseRequested():
                joined = await self._parts.join(
                    command.participant, command.cycle, released_at=instant(command.received_at)
                )
                return joined if isinstance(joined, Revision) else commands.nothing_to_do(joined)
            case _:
                assert_never(command)

    async def _explain(self, command: ExplanationsGiven) -> Effect:
        found = await self._store.revision_of(command.submission_id)
        if found is None or not commands.explains(command.sender, found, command):
            return commands.nothing_to_do("there is no such submission")
        changed = await self._series.change(
            found.series, found.revision, lambda one, follower: line.explained(one, follower, command)
        )
        if changed is None or command.command_id not in changed.explained_by:
            if changed is not None and changed.state in line.EXPLAINABLE:
                return commands.too_long()  # it could take some, and has not taken these
            return commands.nothing_to_do("the submission does not wait for an explanation")
        await self._series.finish(changed)
        return changed

    async def _review(self, command: ReviewRequested) -> Effect:
        changed = await self._series.change(
            series_id(command.participant, command.cycle),
            command.revision,
            lambda one, follower: line.reviewed(one, follower, command),
        )
        review = (
            next((one for one in changed.reviews if one.command_id == command.command_id), None) if changed else None
        )
        if changed is None or review is None:
            return commands.nothing_to_do(f"revision {command.revision} is not in force")
        await self._series.mirror(changed)
        await self._announcements.reviewed(changed, review)
        return changed

    async def _withdraw(self, command: WithdrawalRequested) -> Effect:
        series = series_id(command.participant, command.cycle)

        async def draft(number: int) -> Revision | None:
            if (known := await self._store.revision_of(command.command_id)) is not None:
                return known
            base = await self._store.base(series, sent=False)
            return _withdrawal(command, series, number, self._now()) if base and base.state in OPEN else None

        withdrawal = await self._series.add(series, draft)
        if withdrawal is None:
            return commands.nothing_to_do("nothing is in force or waiting")
        await self._series.finish(withdrawal)
        return withdrawal


def _withdrawal(command: WithdrawalRequested, series: str, number: int, at: datetime) -> Revision:
    states: list[Step] = [Step(state=state, at=at, service="ingest") for state in ("recorded", "withdrawn")]
    return Revision(
        id=revision_id(series, number),
        series=series,
        participant=command.participant,
        cycle=command.cycle,
        revision=number,
        submission_id=command.command_id,
        kind="withdrawal",
        sender=command.sender,
        reason=command.reason,
        state="withdrawn",
        history=states,
        recorded_at=at,
    )
