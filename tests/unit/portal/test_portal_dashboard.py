"""The dashboards: what presses comes first, and nobody sees on them what may() does not allow."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.directory import Directory
from contracts.events import DeadLettered
from contracts.records import Cycle, Extension, Participant
from services.gateway.portal.dashboard.rules import Standing, lines, share
from services.gateway.portal.pipeline import Lag
from tests.unit.portal.conftest import NOW, Visit, World


def directory() -> Directory:
    held = Directory()
    held.put(Participant(code="TH", name="Thailand", time_zone="Asia/Bangkok"))
    for name, opens, due, closes in (
        ("2012", date(2013, 1, 1), date(2013, 3, 31), date(2013, 6, 30)),
        ("2013-Q1", date(2013, 4, 1), date(2013, 7, 10), date(2013, 9, 30)),
        ("2013-H1", date(2013, 7, 1), date(2013, 7, 31), date(2013, 9, 30)),
        ("2013-H2", date(2014, 1, 1), date(2014, 1, 31), date(2014, 3, 31)),
    ):
        held.put(Cycle.model_validate({"id": name, "opens": opens, "due": due, "closes": closes, "expected": ["TH"]}))
    return held


def test_what_presses_comes_first() -> None:
    found = lines(directory(), "TH", {"2012": Standing("accepted", 1)}, NOW)
    assert [(one.cycle, one.phase, one.days_left) for one in found] == [
        ("2013-Q1", "overdue", -10),
        ("2013-H1", "open", 11),
        ("2013-H2", "coming", 195),
        ("2012", "closed", -111),
    ]


@pytest.mark.parametrize(("state", "phase"), [("accepted", "open"), ("recorded", "open"), ("rejected", "overdue")])
def test_a_return_that_stands_is_not_overdue(state: Any, phase: str) -> None:
    found = lines(directory(), "TH", {"2013-Q1": Standing(state, 1)}, NOW)
    assert next(one for one in found if one.cycle == "2013-Q1").phase == phase


def test_the_due_day_is_the_one_where_the_state_is_and_an_extension_moves_it() -> None:
    held = directory()
    # 17:00 UTC is midnight in Bangkok.
    last_moment = datetime(2013, 7, 31, 16, 59, tzinfo=UTC)
    for now, phase in ((last_moment, "open"), (last_moment + timedelta(minutes=1), "overdue")):
        found = next(one for one in lines(held, "TH", {}, now) if one.cycle == "2013-H1")
        assert found.phase == phase
    held.put(Extension(cycle="2013-H1", participant="TH", due=date(2013, 8, 5), reason="ships"))
    found = next(one for one in lines(held, "TH", {}, last_moment) if one.cycle == "2013-H1")
    assert (found.phase, found.days_left, found.extended) == ("open", 5, True)


def test_a_cycle_that_expects_somebody_else_is_not_listed_unless_something_was_sent() -> None:
    assert lines(directory(), "MY", {}, NOW) == []
    assert [one.cycle for one in lines(directory(), "MY", {"2012": Standing("accepted", 1)}, NOW)] == ["2012"]


def test_bars_have_their_shares() -> None:
    assert [share(part, 200) for part in (0, 1, 100, 200)] == [0, 1, 50, 100]


def submission(one: str, participant: str, state: str, agency: str | None = None) -> dict[str, Any]:
    return {"_id": one, "kind": "report", "participant": participant, "cycle": "2013-H1", "agency": agency,
            "state": state, "revision": 1, "received_at": NOW, "findings": [], "timeline": []}  # fmt: skip


async def test_a_focal_point_sees_its_own_return_and_no_other_one(visitor: Visit, world: World) -> None:
    world.reads.add("submissions", submission("a", "TH", "needs_explanation"), submission("b", "MY", "rejected"))
    text = (await (await visitor("focal-point:TH")).get("/")).text
    assert "Needs explanation" in text
    assert "31 July 2013" in text
    assert "11 days left" in text
    assert "Rejected" not in text
    assert "Malaysia" not in text


async def test_the_centre_sees_who_has_reported(visitor: Visit, world: World) -> None:
    world.reads.add("submissions", submission("a", "TH", "needs_explanation"))
    text = (await (await visitor("centre")).get("/")).text
    assert "0 of 3" in text
    assert "Pacific Immigration Directors&#39; Conference" in text
    assert "Needs explanation" in text
    assert 'href="/cycles/2013-H1/returns/TH"' in text, "what waits for a word is a click away"
    assert 'href="/cycles/2013-H1"' in text


async def test_an_operator_sees_the_machinery(visitor: Visit, world: World) -> None:
    letter = {"service": "ingest", "topic": "vrs.in.TH-IMM", "partition": 3, "offset": 17, "reason": "not_json",
              "detail": "x", "hash": "h", "at": NOW}  # fmt: skip
    world.pipeline.letters = [DeadLettered.model_validate(letter)]
    world.pipeline.held_lags = [Lag("ingest", "vrs.submissions", 12345)]
    text = (await (await visitor("operator")).get("/")).text.replace("<wbr>", "")
    for shown in ("vrs.in.TH-IMM:3:17", "not_json", "12,345"):
        assert shown in text


async def test_an_analyst_gets_from_each_figure_to_its_page(visitor: Visit, world: World) -> None:
    returned = {"participant": "TH", "cycle": "2013-H1", "revision": 1, "centre_only": [], "withdrawn": False}
    tables = ["illegal_entries|citizenship", "routes|route"]
    world.reads.add("contributions", {"_id": "TH|2013-H1", "answered": tables, **returned})
    for dimension, member, indicator in (("citizenship", "KH", "illegal_entries"), ("route", "AF>PK", "routes")):
        place = {"period": "2013-H1", "dimension": dimension, "participant": "TH", "revision": 1}
        world.reads.add("aggregates", {"_id": f"2013-H1|{dimension}|TH", **place, "cells": {indicator: {member: 5}}})
    one = await visitor("analyst:TH")
    text = (await one.get("/")).text
    for path in ("/search/citizenship/KH?period=2013-H1", "/search/route/AF%3EPK?period=2013-H1"):
        assert f'href="{path}"' in text
        assert (await one.get(path)).status_code == 200


async def test_an_analyst_without_figures_hears_what_would_open_them(visitor: Visit, world: World) -> None:
    contribution = {"participant": "MY", "cycle": "2013-H1", "revision": 1, "answered": [], "centre_only": []}
    world.reads.add("contributions", contribution)
    text = (await (await visitor("analyst:TH")).get("/")).text
    assert "open once the return of Thailand for it is accepted" in text
    assert "There are no figures that you may see." in text


async def test_a_dashboard_answers_quickly_and_weighs_little(visitor: Visit) -> None:
    answer = await (await visitor("centre")).get("/")
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 100_000
