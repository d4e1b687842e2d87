"""The tick: what is known, what is due, which rows are missing. Every worker does it; the rows decide who did."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta

from contracts.directory import Directory, Record
from runtime.failpoints import passing
from runtime.logs import logger
from runtime.metrics import counter
from services.notification.letters import family
from services.notification.notices import Channel, Notice, Patience, begun, planned_again
from services.notification.returns import Return
from services.notification.rules import NoticePlan, Plan, Policy, needless, plan
from services.notification.store import Store

log = logger(__name__)
Clock = Callable[[], Awaitable[datetime]]
AT_ONCE = 500
"""Rows in one write: some 0.5 MB, far below MongoDB's limits."""


class Scheduler:
    """Plans and writes the rows that are missing. Raises NotNow; a tick that failed is done again.

    What it remembers between ticks (returns, the last plan, the rows it has seen) is a cache: it saves work, and a
    worker that starts with none of it comes to the same rows. It looks at a row when its notice comes due, or comes due
    again; what has become of its mail since, unseen by it, it finds when it forgets all that, ``reload_after`` later.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        directory: Callable[[], Directory],
        written: Callable[[Notice, Channel], Awaitable[object]],
        policy: Policy,
        patience: Patience,
        reload_after: timedelta,
    ) -> None:
        """``written`` is called for each row this worker has written and its inbox channel: the notice is there."""
        self._store, self._clock, self._directory = store, clock, directory
        self._written, self._policy, self._patience = written, policy, patience
        self._reload_after = reload_after
        self._returns: dict[str, Return] = {}
        self._mark: datetime | None = None
        self._loaded_at: datetime | None = None
        self._records: Mapping[str, Record] | None = None
        self._plan: Plan | None = None
        self._there: frozenset[str] = frozenset()

    async def tick(self) -> int:
        """Bring the rows up to date; gives how many this call has written, or planned again."""
        now = await self._clock()
        changed = await self._read(now)
        if not changed and self._plan is not None and (self._plan.until is None or now < self._plan.until):
            return 0
        self._plan = None  # should what follows fail, the next tick plans again
        found = plan(self._directory(), self._returns.values(), now, self._policy)
        count = await self._bring_about(found, now)
        self._plan = found
        return count

    async def _read(self, now: datetime) -> bool:
        """Take in what has changed since the last tick; False when nothing has."""
        records = self._directory().records
        reload = self._loaded_at is None or not timedelta() <= now - self._loaded_at < self._reload_after
        # Records are replaced, never altered, so unchanged ones are the same objects and compare at once.
        changed = reload or records != self._records
        returns, mark = await self._store.returns_since(None if reload else self._mark)
        for one in returns:
            if self._returns.get(one.id) != one:
                self._returns[one.id] = one
                changed = True
        self._mark = mark
        if reload:
            self._loaded_at, self._there = now, frozenset()
        if changed:
            self._records = dict(records)
        return changed

    async def _bring_about(self, found: Plan, now: datetime) -> int:
        due = {one.id: one for one in found.notices}
        unseen = due.keys() - self._there
        there = await self._store.existing(unseen)
        missing = [due[one] for one in sorted(unseen - there)]
        count = await self._plan_again([(due[one.id], one) for one in await self._store.withheld(there)], now)
        for start in range(0, len(missing), AT_ONCE):
            notices = [begun(one, now, self._patience) for one in missing[start : start + AT_ONCE]]
            await passing("notification.notice.before")
            new = await self._store.insert(notices)
            await passing("notification.notice.after")
            count += len(new)
            mine = [one for one in notices if one.id in new]
            for notice in mine:
                counter("vrs_notices_planned_total").labels(family(notice.plan.kind)).inc()
                log.info("notice", notice=notice.id, due_at=notice.plan.at.isoformat())
            told = [self._written(one, one.channel("inbox")) for one in mine]
            for result in await asyncio.gather(*told, return_exceptions=True):
                if isinstance(result, BaseException):
                    raise result
        self._there = frozenset(due)
        return count

    async def _plan_again(self, withheld: Iterable[tuple[NoticePlan, Notice]], now: datetime) -> int:
        """Plan the mails again that were withheld and are due again; gives how many that were."""
        count = 0
        for planned, notice in withheld:
            its_return = self._returns.get(f"{planned.participant}|{planned.cycle}")
            for channel in notice.channels:
                again = planned_again(channel, now)
                # Also by the clock of whoever withheld it: two whose clocks differ would else take turns at it.
                since = max(now, channel.at)
                if again is None or needless(planned, self._directory(), its_return, since, self._policy) is not None:
                    continue
                if await self._store.swap(notice.id, channel, again, planned.at):
                    count += 1
                    log.info("mail needed again", notice=notice.id, due_at=planned.at.isoformat())
        return count
