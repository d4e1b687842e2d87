"""The line of a series at the store: adding a revision, changing one, and bringing every state up to date."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from contracts.states import State
from runtime.failpoints import passing
from runtime.outcome import NotNow
from services.ingest.announcements import Announcements
from services.ingest.documents import Revision, Submission
from services.ingest.rules import line
from services.ingest.rules.line import Follower
from services.ingest.store import OPEN, Store

Draft = Callable[[int], Awaitable[Revision | None]]
Change = Callable[[Revision, Follower | None], Revision]


class Series:
    """Everything here may be done again, and by several at once: who comes second finds it done."""

    def __init__(self, store: Store, announcements: Announcements, now: Callable[[], datetime]) -> None:
        self._store, self._announcements, self._now = store, announcements, now

    async def add(self, series: str, draft: Draft) -> Revision | None:
        """Give ``draft`` the next number, again with what is then new whenever somebody was faster.

        ``draft`` makes the revision from the number and what it reads, which it must read anew each time: the number
        was free when it began, so nothing came between. It gives None where there is nothing to add, or a revision
        that the store has already.
        """
        while True:
            one = await draft(await self._store.newest(series) + 1)
            if one is None or await self._store.revision_of(one.submission_id) is not None:
                return one and await self._store.revision_of(one.submission_id)
            await passing("ingest.revision.before")
            if await self._store.add_revision(one):
                await passing("ingest.revision.after")
                return one

    async def change(self, series: str, number: int, change: Change) -> Revision | None:
        """Apply a pure change and bring the state up to date; gives the revision as it then is, None without one.

        What follows is read after the revision: a writer who saw less than the revision's state already rests on
        would otherwise undo it. And again after the write: whoever became the follower meanwhile has looked at this
        revision before it changed. ``change`` must do nothing the second time.
        """
        while True:
            old = await self._store.revision(series, number)
            if old is None:
                return None
            follower = await self._store.follower(series, number)
            new = line.settled(change(old, follower), follower, self._now())
            if new == old:
                return old
            await passing("ingest.state.before")
            held = await self._store.swap_revision(old, new)
            if held is not None:
                await passing("ingest.state.after")
                if await self._store.follower(series, number) == follower:
                    return held

    async def mirror(self, revision: Revision) -> None:
        """Show the revision's status in its submission. Raises NotNow where the submission is not to be seen yet."""
        while True:
            old = await self._store.submission(revision.submission_id)
            if old is None:
                raise NotNow(f"submission {revision.submission_id} of {revision.id} is not there")
            new = line.mirrored(old, revision)
            if new == old:
                return
            await passing("ingest.status.before")
            if await self._store.swap_submission(old, new):
                await passing("ingest.status.after")
                return

    async def ripple(self, revision: Revision) -> None:
        """Bring the earlier revisions up to date with one that is accepted or a withdrawal."""
        if line.decisive(revision) is None:
            return
        # Those that a later withdrawal ended may turn out to have been superseded by this one, if it is a late one.
        late: Iterable[State] = ("withdrawn",) if revision.state in ("superseded", "withdrawn") else ()
        for number in await self._store.earlier(revision.series, revision.revision, (*OPEN, *late)):
            settled = await self.change(revision.series, number, lambda one, _: one)
            if settled is not None:
                await self.mirror(settled)

    async def finish(self, revision: Revision) -> None:
        """Complete what a revision that is recorded, or recorded again, still lacks: status, publication, its mark."""
        await self.mirror(revision)
        await self.ripple(revision)
        if revision.published:
            return
        if revision.kind == "withdrawal":
            await self._announcements.withdrawn(revision)
        else:
            await self._announcements.recorded(revision)

        def published(one: Revision, _: Follower | None) -> Revision:
            same = one.judgement == revision.judgement
            return one.model_copy(update={"published": True}) if same else one

        await self.change(revision.series, revision.revision, published)

    async def end(self, command: Submission, change: Callable[[Submission], Submission]) -> None:
        """Apply a pure change to a submission or command that ends it."""
        while True:
            old = await self._store.submission(command.id)
            if old is None:
                raise NotNow(f"submission {command.id} is not there")
            new = change(old)
            if new == old:
                return
            await passing("ingest.status.before")
            if await self._store.swap_submission(old, new):
                await passing("ingest.status.after")
                return
