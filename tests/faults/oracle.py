"""The judge of a run: from the journal, and the order of revisions that the system gave, what everything must be.

It shares no code with the services. Each finding is a sentence; none is the only good answer.

O1  every acknowledged submission stands once, in one final state, with the body that was sent; doubtful ones are
    absent or final; nothing stands that nobody sent
O2  the revisions of every series are 1, 2, 3 … and each belongs to one submission
O3  every aggregate cell, route and corridor equals the recount, and so does what the interface shows
O4  notices (``notice_oracle``) · O5 traces of personal data (``traces``) · O6 dead letters (``letters``)
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from pymongo.database import Database

from tests.faults.journal import Call
from tests.faults.recount import Body, body_hash, figures, on_top, side_by_side

Document = dict[str, Any]
FINAL = {
    "accept": {"accepted", "superseded", "withdrawn", "verified", "correction_requested"},
    "reject": {"rejected"},
    "conflict": {"rejected"},
    "explain": {"accepted", "needs_explanation", "superseded", "withdrawn"},
    "command": {"accepted", "rejected", "withdrawn", "superseded"},
}


@dataclass
class Line:
    """A series: its revisions in order, as the system numbered them."""

    series: str
    revisions: list[Document] = field(default_factory=list)


@dataclass
class Standing:
    """What the oracle makes of a series: the report in force, its revision, and the last decisive one."""

    body: Body | None = None
    revision: int = 0
    decisive: int = 0
    """Of the last acceptance or withdrawal."""


class Oracle:
    """Compares one database with one journal."""

    def __init__(self, calls: Iterable[Call], database: Database[Document]) -> None:
        self.calls = list(calls)
        self.submissions = {one["_id"]: one for one in database["submissions"].find()}
        self.reports = list(database["reports"].find())
        self.aggregates = list(database["aggregates"].find())
        self.contributions = {one["_id"]: one for one in database["contributions"].find()}
        self._by_content: dict[tuple[str, str], list[Document]] = defaultdict(list)
        for one in self.submissions.values():
            if one["kind"] == "report":
                self._by_content[one["sender"], one["body_hash"]].append(one)
        self._sent: dict[tuple[str, str], Call] = {}
        for call in self.calls:
            if call.kind == "report":
                self._sent.setdefault((call.sender, body_hash(call.body)), call)
        self._explained = {c.key: c for c in self.calls if c.kind == "explanation"}
        self.lines: dict[str, Line] = {}
        for one in sorted(self.reports, key=lambda report: report["revision"]):
            self.lines.setdefault(one["series"], Line(one["series"])).revisions.append(one)

    def findings(self) -> list[str]:
        """Everything that is wrong, as sentences."""
        return [*self.submissions_stand(), *self.revisions_are_whole(), *self.cells_are_right()]

    # --- O1

    def submissions_stand(self) -> Iterator[str]:
        for call in self.calls:
            if call.kind == "report":
                yield from self._report_stands(call)
            elif call.kind in ("withdrawal", "release", "explanation") and call.outcome == "acknowledged":
                yield from self._command_stands(call)
        for (sender, content), found in self._by_content.items():
            if (sender, content) not in self._sent:
                yield f"O1 submission {found[0]['_id']} of {sender} stands, and nobody sent it"
            if len(found) > 1:
                yield f"O1 the same body of {sender} stands {len(found)} times: {[one['_id'] for one in found]}"

    def _report_stands(self, call: Call) -> Iterator[str]:
        found = self._by_content.get((call.sender, body_hash(call.body)), [])
        who = f"{call.sender} {call.cycle} key {call.key} ({call.outcome}, line {call.number})"
        if call.outcome == "acknowledged" and not found:
            yield f"O1 lost: {who} was acknowledged and does not stand"
        if call.outcome in ("refused", "skipped") and found and not self._taken_otherwise(call):
            yield f"O1 {who} was refused and stands as {found[0]['_id']}"
        if call.expect == "refuse" and call.outcome == "acknowledged":
            yield f"O1 {who} should have been refused"
        for one in found:
            if one["state"] not in FINAL.get(call.expect, set()):
                yield f"O1 {who} should be {call.expect}ed and is {one['state']}"
            if call.id is not None and call.id != one["_id"]:
                yield f"O1 {who} was given the id {call.id} and stands as {one['_id']}"
            if call.canary is None and (one.get("body") is None or json.loads(one["body"]) != call.body):
                yield f"O1 {who} does not stand with the body that was sent"
            if call.canary is not None and one.get("body") is not None:
                yield f"O1 {who} stands with its body, which holds personal data"

    def _taken_otherwise(self, call: Call) -> bool:
        same = (c for c in self.calls if c.key == call.key and c.body == call.body and c is not call)
        return any(c.outcome in ("acknowledged", "unknown") for c in same)

    def _command_stands(self, call: Call) -> Iterator[str]:
        who = f"{call.kind} of {call.sender} for {call.cycle} (line {call.number})"
        found = self.submissions.get(call.id or "")
        if found is None:
            yield f"O1 lost: {who} was acknowledged as {call.id} and does not stand"
        elif found["state"] not in FINAL["command"]:
            yield f"O1 {who} is not ended but {found['state']}"
        elif call.kind == "withdrawal" and found["state"] == "rejected":
            yield f"O1 {who} was rejected, with something to withdraw there"

    # --- O2

    def revisions_are_whole(self) -> Iterator[str]:
        owners: dict[str, str] = {}
        for series, line in self.lines.items():
            numbers = [one["revision"] for one in line.revisions]
            if numbers != list(range(1, len(numbers) + 1)):
                yield f"O2 the revisions of {series} are {numbers}"
            for one in line.revisions:
                other = owners.setdefault(one["submission_id"], one["_id"])
                if other != one["_id"]:
                    yield f"O2 submission {one['submission_id']} is {other} and {one['_id']}"
                if one["state"] == "recorded":
                    yield f"O2 {one['_id']} is still waiting for its judgement"
        for one in self.submissions.values():
            recorded = one.get("revision") is not None and one["kind"] in ("report", "withdrawal")
            if recorded and owners.get(one["_id"]) != f"{one['series']}#{one['revision']}":
                yield f"O2 submission {one['_id']} says revision {one['revision']} of {one['series']}, which is not its"

    # --- O3

    def standing(self, series: str) -> tuple[Standing, list[str]]:
        """What is in force in a series that is sent as a whole, and what is wrong with the outcomes on the way."""
        found, wrong = Standing(), list[str]()
        base: Body | None = None
        last = self._last_decisive(series)
        for one in self.lines[series].revisions:
            if one["kind"] == "withdrawal":
                found, base = Standing(None, 0, one["revision"]), None
                continue
            call = self._call_of(one)
            if call is None:
                wrong.append(f"O1 {one['_id']} stands, and nobody sent it")
                continue
            whole = on_top(base, call.body)
            if call.expect == "accept":
                base = whole
            if self._accepted(call, one, last, wrong):
                found = Standing(whole, one["revision"], one["revision"])
        return found, wrong

    def _last_decisive(self, series: str) -> int:
        def decides(one: Document) -> bool:
            call = self._call_of(one)
            return one["kind"] == "withdrawal" or (call is not None and call.expect == "accept")

        return max((one["revision"] for one in self.lines[series].revisions if decides(one)), default=0)

    def _accepted(self, call: Call, one: Document, last: int, wrong: list[str]) -> bool:
        if call.expect == "accept":
            if one["outcome"] != "accepted":
                wrong.append(f"O3 {one['_id']} should be accepted and is {one['outcome']}")
            return True
        if call.expect != "explain":
            if one["outcome"] != "rejected":
                wrong.append(f"O3 {one['_id']} should be rejected and is {one['outcome']}")
            return False
        explained = {c.outcome for c in self.calls if c.kind == "explanation" and c.id and self._explains(c, one)}
        if "acknowledged" in explained and one["revision"] > last and one["outcome"] != "accepted":
            wrong.append(f"O3 {one['_id']} was explained and is {one['outcome']}")
        if not explained and one["outcome"] == "accepted" and not self._doubtful_explanation(one):
            wrong.append(f"O3 {one['_id']} waits for an explanation that nobody gave, and is accepted")
        return bool(one["outcome"] == "accepted")

    def _explains(self, explanation: Call, one: Document) -> bool:
        found = self.submissions.get(explanation.id or "")
        return found is not None and found.get("series") == one["series"] and found.get("revision") == one["revision"]

    def _doubtful_explanation(self, one: Document) -> bool:
        place = (one["participant"], one["cycle"])
        return any(
            c.kind == "explanation" and c.outcome in ("unknown", "acknowledged") and (c.participant, c.cycle) == place
            for c in self.calls
        )

    def _call_of(self, one: Document) -> Call | None:
        submission = self.submissions.get(one["submission_id"])
        return self._sent.get((submission["sender"], submission["body_hash"])) if submission else None

    def expected_cells(self) -> tuple[dict[tuple[str, str, str], dict[str, dict[str, int]]], list[str]]:
        """(period, dimension, member) → participant → indicator → value; and what was wrong on the way there."""
        cells: dict[tuple[str, str, str], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        wrong: list[str] = []
        for series in self.lines:
            participant, cycle, *agency = series.split("|")
            if agency:
                continue
            standing, found = self._national(series)
            wrong += found
            if standing.body is not None:
                for (indicator, dimension, member), value in figures(standing.body).items():
                    cells[cycle, dimension, member][participant][indicator] = value
            wrong += self._contribution(series, standing)
        wrong += self._parts_without_a_return()
        return cells, wrong

    def standing_of(self, series: str) -> Standing:
        """What stands for a national series, however it came about."""
        return self._national(series)[0]

    def is_in(self, series: str) -> bool:
        """Whether a return is there that was neither turned down nor withdrawn: then nobody is reminded of it."""
        revisions = self.lines[series].revisions
        withdrawn = max((one["revision"] for one in revisions if one["kind"] == "withdrawal"), default=0)
        return any(one["revision"] > withdrawn and one["outcome"] != "rejected" for one in revisions)

    def _national(self, series: str) -> tuple[Standing, list[str]]:
        if not any(one["kind"] == "joined" for one in self.lines[series].revisions):
            return self.standing(series)
        parts, wrong = self._parts(series)
        last = self.lines[series].revisions[-1]
        if last["outcome"] != "accepted":
            wrong.append(f"O3 the joined {last['_id']} is {last['outcome']}")
        return Standing(side_by_side(parts), last["revision"], last["revision"]), wrong

    def _parts(self, series: str) -> tuple[dict[str, Body], list[str]]:
        parts: dict[str, Body] = {}
        wrong: list[str] = []
        for other in self.lines:
            if other.startswith(f"{series}|"):
                standing, found = self.standing(other)
                wrong += found
                if standing.body is not None:
                    parts[other.rpartition("|")[2]] = standing.body
        return parts, wrong

    def _parts_without_a_return(self) -> Iterator[str]:
        """Parts of a State whose parts flow through must have a joined return."""
        flowing = ("LA", "VN")
        for series in self.lines:
            participant, cycle, *agency = series.split("|")
            if agency and participant in flowing and f"{participant}|{cycle}" not in self.lines:
                yield f"O3 the part {series} stands, and no joined return of {participant} for {cycle}"

    def _contribution(self, series: str, standing: Standing) -> Iterator[str]:
        found = self.contributions.get(series)
        revision = found["revision"] if found else 0
        if revision != standing.decisive:
            yield f"O3 the contribution of {series} is at revision {revision}, in force is {standing.decisive}"

    def cells_are_right(self) -> Iterator[str]:
        expected, wrong = self.expected_cells()
        yield from wrong
        stored: dict[tuple[str, str, str], dict[str, dict[str, int]]] = {}
        for one in self.aggregates:
            for indicator, cells in one["cells"].items():
                for member, value in cells.items():
                    by = stored.setdefault((one["period"], one["dimension"], unquote(member)), {})
                    by.setdefault(one["participant"], {})[indicator] = value
        for place in sorted(expected.keys() | stored.keys()):
            want, have = expected.get(place, {}), stored.get(place, {})
            for participant in sorted(want.keys() | have.keys()):
                if want.get(participant) != have.get(participant):
                    yield (
                        f"O3 {'|'.join(place)} of {participant} is {have.get(participant)}, "
                        f"and should be {want.get(participant)}"
                    )


def shown_wrong(
    expected: Mapping[tuple[str, str, str], Mapping[str, Mapping[str, int]]],
    dimension: str,
    indicator: str,
    period: str,
    rows: Iterable[Mapping[str, Any]],
) -> Iterator[str]:
    """Whether the rows that the interface shows for a cycle are the sums over all States."""
    want: dict[str, int] = defaultdict(int)
    for (cycle, place, member), by in expected.items():
        if (cycle, place) == (period, dimension):
            for cells in by.values():
                if indicator in cells:
                    want[member] += cells[indicator]
    have = {row["member"]: row["value"] for row in rows}
    for member in sorted(want.keys() | have.keys()):
        if want.get(member) != have.get(member):
            figure = f"{indicator} {dimension} {member} in {period}"
            yield f"O3 shown: {figure} is {have.get(member)}, not {want.get(member)}"
