"""The national desk: the parts side by side, what a release would say, and releasing it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from contracts import geography
from contracts import template as templates
from contracts.directory import Directory
from contracts.events import ReleaseRequested
from contracts.merging import join
from contracts.records import Agency, Cycle
from contracts.report import Report
from services.gateway.portal.answered import Answers
from services.gateway.portal.desk.pages import CYCLES_SHOWN
from services.gateway.portal.desk.side import gaps, tables
from tests.in_threads import in_threads
from tests.unit.portal.conftest import NOW, Visit, World

ANSWERS = Answers(templates.load(), geography.name, lambda text: text)


def report(agency: str | None, total: int, **by_country: int) -> dict[str, Any]:
    rows = [{"citizenship": code, "value": value} for code, value in by_country.items()]
    answers = {"illegal_entries.total": {"value": total}, "illegal_entries.by_citizenship": {"rows": rows}}
    return {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1", "agency": agency, "answers": answers}


def revision(agency: str | None, body: dict[str, Any], state: str = "accepted", number: int = 1) -> dict[str, Any]:
    series = "TH|2013-H1" + (f"|{agency}" if agency else "")
    return {"_id": f"{series}#{number}", "series": series, "participant": "TH", "cycle": "2013-H1", "agency": agency,
            "revision": number, "judgement": 1, "submission_id": f"s{agency}", "kind": "report", "state": state,
            "recorded_at": NOW + timedelta(minutes=number), "report": body, "explanations": []}  # fmt: skip


def agencies(directory: Directory) -> None:
    directory.put(Agency(participant="TH", id="TH-IMM", name="Immigration Bureau"))
    directory.put(Agency(participant="TH", id="TH-NAVY", name="Royal Navy"))


def test_each_figure_tells_where_it_is_from_and_where_sources_differ() -> None:
    sources = {
        "TH-IMM": Report.model_validate(report("TH-IMM", 900, MM=500, KH=400)),
        "TH-NAVY": Report.model_validate(report("TH-NAVY", 950, MM=500, LA=30)),
    }
    joined, overlaps = join(None, sources)
    total, by_citizenship = tables(ANSWERS, sources, joined, overlaps)
    assert [(one.origin, one.mark) for one in total.lines] == [(["TH-NAVY"], "differ")]
    found = {one.label: (one.origin, one.mark) for one in by_citizenship.lines}
    assert found == {
        "Myanmar": (["TH-IMM", "TH-NAVY"], "agree"),
        "Cambodia": (["TH-IMM"], None),
        "Lao PDR": (["TH-NAVY"], None),
    }
    assert len(gaps(ANSWERS, sources)) == len(templates.load().questions) - 2


async def test_the_parts_stand_side_by_side(visitor: Visit, world: World) -> None:
    agencies(world.view.directory)
    world.reads.add(
        "reports", revision("TH-IMM", report("TH-IMM", 900, MM=500)), revision("TH-NAVY", report("TH-NAVY", 950, MM=1))
    )
    one = await visitor("focal-point:TH")
    assert "2 of 2 agencies" in (await one.get("/desk")).text
    text = (await one.get("/desk/2013-H1")).text
    for said in ("Immigration Bureau", "Royal Navy", "Figures differ", "Myanmar", "950", "nobody answers"):
        assert said in text, said


async def test_the_list_of_cycles_counts_parts_and_reads_no_return(
    visitor: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve cycles of some parts of up to 1 MB each would be read and joined to show a few numbers."""

    async def refused(*_: Any) -> None:
        raise AssertionError("a whole return was read")

    agencies(world.view.directory)
    one = await visitor("focal-point:TH")
    monkeypatch.setattr(world.reads, "revision", refused)
    world.reads.add("reports", revision("TH-IMM", report("TH-IMM", 900)))
    assert _row((await one.get("/desk")).text) == ["1 of 2 agencies", "none in force", "1"]
    world.reads.add("reports", revision(None, report(None, 900), number=2))
    assert _row((await one.get("/desk")).text) == ["1 of 2 agencies", "Accepted", "–"]
    world.reads.add("reports", revision("TH-NAVY", report("TH-NAVY", 950), number=3))
    assert _row((await one.get("/desk")).text) == ["2 of 2 agencies", "Accepted", "1"]


async def test_a_part_that_was_accepted_after_the_national_return_came_later(visitor: Visit, world: World) -> None:
    """It waited for an explanation while the other parts were released without it."""
    agencies(world.view.directory)
    part = revision("TH-NAVY", report("TH-NAVY", 950), number=1)
    part["history"] = [{"state": "recorded", "at": NOW, "service": "ingest"},
                       {"state": "accepted", "at": NOW + timedelta(minutes=9), "service": "validation"}]  # fmt: skip
    world.reads.add("reports", part, revision(None, report(None, 900), number=2))
    one = await visitor("focal-point:TH")
    assert _row((await one.get("/desk")).text) == ["1 of 2 agencies", "Accepted", "1"]


def _row(text: str) -> list[str]:
    """What stands behind the only cycle of the list."""
    cells = re.findall(r"<td[^>]*>(.*?)</td>", text, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in cells]


async def test_parts_are_joined_beside_the_loop_as_large_ones_take_seconds(visitor: Visit, world: World) -> None:
    agencies(world.view.directory)
    world.reads.add("reports", revision("TH-IMM", report("TH-IMM", 900, MM=500)))
    one = await visitor("focal-point:TH")
    threads = in_threads()
    assert (await one.get("/desk/2013-H1")).status_code == 200
    assert "_joined" in threads


async def test_every_cycle_can_be_reached_from_the_desk(visitor: Visit, world: World) -> None:
    for year in range(1990, 1990 + 2 * CYCLES_SHOWN):
        days = {"opens": date(year + 1, 1, 1), "due": date(year + 1, 3, 1), "closes": date(year + 1, 9, 1)}
        world.view.directory.put(Cycle(id=f"{year}", **days))
    wanted = {one.id for one in world.view.directory.cycles()}
    one = await visitor("focal-point:TH")
    path, seen = "/desk", []
    while path:
        text = (await one.get(path)).text
        seen += re.findall(r'href="/desk/([^"]+)"', text)
        path = next(iter(re.findall(r'href="(/desk[?]before=[^"]+)"', text)), "")
    assert sorted(seen) == sorted(wanted)
    assert "The newest cycles" in text


async def test_what_the_state_said_itself_stands_before_the_parts(visitor: Visit, world: World) -> None:
    agencies(world.view.directory)
    world.reads.add("reports", revision("TH-IMM", report("TH-IMM", 900)), revision(None, report(None, 800), number=2))
    text = (await (await visitor("focal-point:TH")).get("/desk/2013-H1")).text
    assert "<strong>800</strong>" in text
    assert "Royal Navy: " in text


@pytest.mark.parametrize(("pick", "total"), [("TH-IMM", "900"), ("sum", "1850"), ("", "950"), ("MY-NAVY", "950")])
async def test_what_the_focal_point_chooses_is_where_the_draft_begins(
    visitor: Visit, world: World, pick: str, total: str
) -> None:
    agencies(world.view.directory)
    world.reads.add(
        "reports", revision("TH-IMM", report("TH-IMM", 900, MM=5)), revision("TH-NAVY", report("TH-NAVY", 950, MM=1))
    )
    one = await visitor("focal-point:TH")
    picks = {"pick:/answers/illegal_entries.total": pick, "pick:/answers/illegal_entries.by_citizenship/rows/0": "sum"}
    await one.post("/desk/2013-H1/draft", to="/desk/2013-H1", **picks)
    held = (await one.client.get("/desk/2013-H1")).text
    assert "Drop the draft" in held
    assert not world.outbox.published
    assert f'value="{total}"' in (await one.get("/returns/2013-H1/TH/illegal_entries.total")).text
    assert 'value="6"' in (await one.get("/returns/2013-H1/TH/illegal_entries.by_citizenship")).text


async def test_a_cycle_without_parts_says_so_and_offers_no_release(visitor: Visit, world: World) -> None:
    world.reads.add("reports", revision("TH-IMM", report("TH-IMM", 900), "rejected"))
    one = await visitor("focal-point:TH")
    text = (await one.get("/desk/2013-H1")).text
    assert "No part of an agency is in force" in text
    assert "/desk/2013-H1/release" not in text
    answer = await one.post("/desk/2013-H1/release", to="/desk")
    assert "part has been accepted yet" in answer.text
    assert not world.outbox.published


async def test_the_joined_return_is_released_once_however_often_it_is_asked(visitor: Visit, world: World) -> None:
    world.reads.add("reports", revision("TH-IMM", report("TH-IMM", 900)))
    one = await visitor("focal-point:TH")
    for _ in range(2):
        answer = await one.post("/desk/2013-H1/release", to="/desk/2013-H1")
        assert "The joined return is released." in answer.text
    asked = [data for _, _, data in world.outbox.published if isinstance(data, ReleaseRequested)]
    assert len(asked) == 2
    assert len({one.command_id for one in asked}) == 1


@pytest.mark.parametrize("who", ["centre", "agency:TH:TH-IMM", "analyst:TH", "operator"])
async def test_the_desk_is_the_focal_points(visitor: Visit, world: World, who: str) -> None:
    world.reads.add("reports", revision("TH-IMM", report("TH-IMM", 900)))
    one = await visitor(who)
    for path in ("/desk", "/desk/2013-H1"):
        assert (await one.get(path)).status_code == 403
    assert (await one.post("/desk/2013-H1/release", to="/")).status_code == 403


async def test_another_states_desk_shows_nothing_of_these_parts(visitor: Visit, world: World) -> None:
    agencies(world.view.directory)
    world.reads.add("reports", revision("TH-IMM", report("TH-IMM", 91234)))
    text = (await (await visitor("focal-point:MY")).get("/desk/2013-H1")).text
    assert "91,234" not in text
    assert "Immigration Bureau" not in text
