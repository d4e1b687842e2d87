"""The centre's pages: cycles are opened and changed, more time is given, returns are looked at and reviewed."""

from datetime import date
from typing import Any

import pytest

from contracts.events import CycleChanged, ExtensionGranted, ReviewRequested
from contracts.records import Cycle, Extension
from services.gateway.portal.stretch import by_period
from tests.unit.portal.conftest import NOW, Visit, World

NEW: dict[str, Any] = {
    "id": "2013-H2",
    "opens": "2014-01-01",
    "due": "2014-01-31",
    "grace_days": "14",
    "closes": "2014-03-31",
    "reminder_days": "14, 7, 1",
    "expected": ["TH", "MY"],
}
REPORT: dict[str, Any] = {
    "template": "ort/1",
    "reporter": "TH",
    "cycle": "2013-H1",
    "answers": {
        "illegal_entries.total": {"value": 12000},
        "illegal_entries.by_citizenship": {
            "rows": [
                {"citizenship": "MM", "value": 500, "comment": "<script>alert(1)</script>"},
                {"citizenship": "Lao PDR", "value": 700},
            ]
        },
        "refused_entries.total": {"status": "not_collected"},
    },
}


def revision(number: int = 1, state: str = "accepted", agency: str | None = None, **more: Any) -> dict[str, Any]:
    series = "TH|2013-H1" + (f"|{agency}" if agency else "")
    return {"_id": f"{series}#{number}", "series": series, "participant": "TH", "cycle": "2013-H1", "agency": agency,
            "revision": number, "judgement": 1, "submission_id": f"s{number}{agency}", "kind": "report", "state": state,
            "recorded_at": NOW, "report": REPORT, "findings": [], "explanations": [], **more}  # fmt: skip


def cycles_published(world: World) -> list[Cycle]:
    return [data.record for _, _, data in world.outbox.published if isinstance(data, CycleChanged)]


def test_cycles_stand_in_the_order_of_their_periods() -> None:
    assert sorted(["2013-H1", "2012", "2013-Q1", "2013"], key=by_period) == ["2012", "2013-Q1", "2013-H1", "2013"]


async def test_the_matrix_shows_everybody_who_has_reported_and_leads_the_centre_to_the_return(
    visitor: Visit, world: World
) -> None:
    world.reads.add("reports", revision())
    text = (await (await visitor("centre")).get("/cycles")).text
    assert "1 of 3" in text
    assert 'href="/cycles/2013-H1/returns/TH"' in text
    assert 'href="/cycles/new"' in text


async def test_a_focal_point_sees_the_matrix_and_may_change_nothing(visitor: Visit, world: World) -> None:
    world.reads.add("reports", revision())
    one = await visitor("focal-point:MY")
    text = (await one.get("/cycles")).text
    assert "1 of 3" in text
    assert "/returns/TH" not in text
    assert "/cycles/new" not in text
    for path in ("/cycles/new", "/cycles/2013-H1/change", "/cycles/2013-H1/extensions", "/arrivals"):
        assert (await one.get(path)).status_code == 403, path
    assert (await one.get("/cycles/2013-H1/returns/TH")).status_code == 403
    assert (await one.post("/cycles/new", to="/cycles", **NEW)).status_code == 403
    assert not world.outbox.published


async def test_the_centre_opens_a_cycle_once_however_often_the_form_is_sent(visitor: Visit, world: World) -> None:
    one = await visitor("centre")
    for _ in range(2):
        answer = await one.post("/cycles/new", to="/cycles/new", **NEW)
        assert "The cycle July–December 2013 is saved." in answer.text
    found = world.view.directory.cycle("2013-H2")
    assert found is not None
    assert (found.grace_days, found.reminder_days, found.expected) == (14, (14, 7, 1), ["TH", "MY"])
    again = await one.post("/cycles/new", to="/cycles/new", **{**NEW, "grace_days": "3"})
    assert (again.status_code, "exists already" in again.text) == (422, True)


async def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(visitor: Visit, world: World) -> None:
    one = await visitor("centre")
    typed = {**NEW, "id": "2013-H9", "opens": "soon", "grace_days": "many"}
    answer = await one.post("/cycles/new", to="/cycles/new", **typed)
    assert answer.status_code == 422
    for field in ("id", "opens", "grace_days"):
        assert f'href="#{field}"' in answer.text, field
    assert 'value="2013-H9"' in answer.text
    assert 'value="many"' in answer.text
    wrong_order = await one.post("/cycles/new", **{**NEW, "due": "2014-05-01"})
    assert "A cycle opens, then is due, then closes." in wrong_order.text
    assert not cycles_published(world)


async def test_a_changed_cycle_keeps_its_name(visitor: Visit, world: World) -> None:
    one = await visitor("centre")
    path = "/cycles/2013-H1/change"
    assert 'value="2013-07-31"' in (await one.get(path)).text
    typed: dict[str, Any] = {"opens": "2013-07-01", "due": "2013-08-15", "grace_days": "0", "closes": "2013-09-30",
             "reminder_days": "7", "expected": ["TH"]}  # fmt: skip
    assert "is changed" in (await one.post(path, **typed)).text
    assert str(cycles_published(world)[-1].due) == "2013-08-15"
    late = await one.post(path, to=path, **{**typed, "closes": "2013-08-01"})
    assert (late.status_code, "A cycle opens, then is due, then closes." in late.text) == (422, True)


async def test_more_time_needs_a_later_day_and_a_reason_without_persons(visitor: Visit, world: World) -> None:
    one = await visitor("centre")
    path = "/cycles/2013-H1/extensions"
    typed = {"participant": "TH", "due": "2013-07-30", "reason": "The ships are back in August."}
    assert "later than that of the cycle" in (await one.post(path, to=path, **typed)).text
    personal = await one.post(path, **{**typed, "due": "2013-08-10", "reason": "write to a.person@example.org"})
    assert "personal data" in personal.text
    assert "Give the reason" in (await one.post(path, **{**typed, "due": "2013-08-10", "reason": ""})).text
    answer = await one.post(path, **{**typed, "due": "2013-08-10"})
    assert "Thailand until the end of 10 August 2013" in answer.text
    granted = [data for _, _, data in world.outbox.published if isinstance(data, ExtensionGranted)]
    assert [one.record.participant for one in granted] == ["TH"]
    assert "The ships are back" not in (await (await visitor("focal-point:MY")).get("/cycles/2013-H1")).text


async def test_a_return_is_shown_with_its_findings_and_figures_and_a_script_is_text(
    visitor: Visit, world: World
) -> None:
    finding = {"code": "routes.share", "severity": "warning", "pointer": "/answers/illegal_entries.total",
               "question": "illegal_entries.total", "message": "A remark."}  # fmt: skip
    world.reads.add("reports", revision(findings=[finding]))
    text = (await (await visitor("centre")).get("/cycles/2013-H1/returns/TH")).text
    for said in ("12,000", "Myanmar", "Not collected", "A remark.", "For attention", "&lt;script&gt;"):
        assert said in text, said
    assert "<script>alert" not in text


async def test_the_centre_asks_for_a_correction_of_chosen_cells(visitor: Visit, world: World) -> None:
    world.reads.add("reports", revision())
    one = await visitor("centre")
    path = "/cycles/2013-H1/returns/TH"
    cell = "/answers/illegal_entries.by_citizenship/rows/1"
    typed: dict[str, Any] = {"revision": "1", "outcome": "correction_requested", "pointers": [cell], "reason": ""}
    answer = await one.post(path, to=path, **typed)
    assert (answer.status_code, "what is to be corrected, and why" in answer.text) == (422, True)
    assert f'value="{cell}" checked' in answer.text
    assert "Your review is sent" in (await one.post(path, **{**typed, "reason": "Too low."})).text
    asked = [data for _, _, data in world.outbox.published if isinstance(data, ReviewRequested)]
    assert [(one.outcome, one.pointers, one.revision) for one in asked] == [("correction_requested", [cell], 1)]


async def test_a_word_on_a_revision_that_is_no_longer_in_force_is_not_given(visitor: Visit, world: World) -> None:
    world.reads.add("reports", revision(1, "superseded"), revision(2))
    one = await visitor("centre")
    path = "/cycles/2013-H1/returns/TH"
    answer = await one.post(path, to=path, revision="1", outcome="verified")
    assert "A newer revision has come into force" in answer.text
    assert (await one.post(path, to=path, revision="2")).status_code == 422
    assert not world.outbox.published
    assert 'name="outcome"' not in (await one.get(path, revision="1")).text


async def test_where_only_parts_have_come_the_first_of_them_is_shown(visitor: Visit, world: World) -> None:
    world.reads.add("reports", revision(agency="TH-IMM"))
    one = await visitor("centre")
    assert "Thailand (TH-IMM)" in (await one.get("/cycles/2013-H1/returns/TH")).text
    assert (await one.get("/cycles/2013-H1/returns/MY")).status_code == 404


async def test_what_arrived_can_be_narrowed_down(visitor: Visit, world: World) -> None:
    submission: dict[str, Any] = {"_id": "a", "kind": "report", "participant": "TH", "cycle": "2013-H1", "agency": None,
                  "state": "accepted", "revision": 1, "received_at": NOW, "findings": [], "timeline": []}  # fmt: skip
    world.reads.add("submissions", submission)
    one = await visitor("centre")
    link = "/cycles/2013-H1/returns/TH?revision=1"
    assert link in (await one.get("/arrivals")).text
    assert link not in (await one.get("/arrivals", state="rejected")).text
    assert (await one.get("/arrivals", state="nonsense")).status_code == 200


async def test_a_cycle_that_was_opened_by_mistake_is_removed_once_the_centre_says_that_it_means_it(
    visitor: Visit, world: World
) -> None:
    world.view.directory.put(Extension(cycle="2013-H1", participant="TH", due=date(2013, 8, 10), reason="Ships."))
    one = await visitor("centre")
    path = "/cycles/2013-H1/remove"
    assert f'href="{path}"' in (await one.get("/cycles/2013-H1")).text
    asked = await one.get(path)
    assert "Remove the cycle January–June 2013?" in asked.text
    assert "1 extension goes with it." in asked.text
    assert world.view.directory.cycle("2013-H1") is not None
    removed = await one.post(path)
    assert removed.url.path == "/cycles"
    assert "The cycle January–June 2013 is removed." in removed.text
    assert world.view.directory.cycle("2013-H1") is None
    assert not world.view.directory.extensions("2013-H1")


@pytest.mark.parametrize(
    ("collection", "english", "french"),
    [
        ("reports", "<li>returns</li>", "<li>déclarations</li>"),
        ("submissions", "<li>submissions</li>", "<li>envois</li>"),
        ("drafts", "<li>drafts of returns</li>", "<li>brouillons de déclarations</li>"),
    ],
)
async def test_a_cycle_that_is_in_use_is_kept_and_the_page_says_for_what(
    visitor: Visit, world: World, collection: str, english: str, french: str
) -> None:
    one = await visitor("centre")
    path = "/cycles/2013-H1/remove"
    await one.get(path)
    # It comes between the question and the answer.
    world.reads.add(collection, {"_id": "TH|2013-H1#1", "cycle": "2013-H1"})
    refused = await one.post(path)
    assert (refused.status_code, english in refused.text) == (409, True)
    assert world.view.directory.cycle("2013-H1") is not None
    again = await one.get(path)
    assert "cannot be removed" in again.text
    assert f'action="{path}"' not in again.text
    assert french in (await one.get("/language/fr", back=path)).text


async def test_nobody_but_the_centre_is_asked_whether_to_remove_a_cycle(visitor: Visit, world: World) -> None:
    for who in ("focal-point:TH", "agency:TH:TH-IMM", "analyst:TH", "operator"):
        one = await visitor(who)
        assert "/remove" not in (await one.get("/cycles/2013-H1")).text
        assert (await one.get("/cycles/2013-H1/remove")).status_code == 403, who
        assert (await one.post("/cycles/2013-H1/remove", to="/cycles/2013-H1")).status_code == 403, who
    assert world.view.directory.cycle("2013-H1") is not None
    assert (await (await visitor("centre")).get("/cycles/1999/remove")).status_code == 404
