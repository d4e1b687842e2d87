"""A return by hand: typed, kept, checked, sent once, corrected; and what may not happen to it."""

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from contracts.events import ExplanationsGiven, SubmissionReceived
from contracts.finding_kinds import FINDINGS
from contracts.findings import pointer
from contracts.records import Agency, Cycle
from services.gateway.ports import Judgement
from tests.in_threads import in_threads
from tests.unit.portal.conftest import NOW, Visit, Visitor, World

LINE = "/returns/2013-H1/TH"
CITIZENSHIP = f"{LINE}/illegal_entries.by_citizenship"
TOTAL = f"{LINE}/illegal_entries.total"
ROUTES = f"{LINE}/routes.by_countries"
ROWS = {
    "rows-0-citizenship": "Myanmar",
    "rows-0-value": "500",
    "rows-1-citizenship": "Cambodia",
    "rows-1-value": "10,000",
    "rows-2-citizenship": "",
    "rows-2-value": "",
    "rows-3-citizenship": "Lao PDR",
    "rows-3-value": "500",
    "rows-3-comment": "estimate",
}


def hidden(text: str, name: str) -> str:
    """The value of a field of the page."""
    return unescape(text.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0])


async def save(visitor: Visitor, path: str, do: str = "save", **fields: str) -> Any:
    page = await visitor.get(path)
    return await visitor.post(
        path, do=do, version=hidden(page.text, "version"), page=hidden(page.text, "page"), **fields
    )


async def sent_reports(world: World) -> list[dict[str, Any]]:
    return [data.report for _, _, data in world.outbox.published if isinstance(data, SubmissionReceived)]


def put_revision(world: World, report: dict[str, Any], state: str = "accepted", **more: Any) -> None:
    series = f"TH|{report['cycle']}"
    stored = {"_id": f"{series}#1", "series": series, "participant": "TH", "cycle": report["cycle"], "agency": None,
              "revision": 1, "judgement": 0, "submission_id": "00000000-0000-5000-8000-000000000001", "kind": "report",
              "state": state, "recorded_at": NOW, "report": report, "findings": [], "figures": [], **more}  # fmt: skip
    world.reads.add("reports", stored)


async def test_the_list_leads_to_the_tasks_and_these_to_every_question(visitor: Visit) -> None:
    thailand = await visitor("focal-point:TH")
    assert f'href="{LINE}"' in (await thailand.get("/returns")).text
    tasks = (await thailand.get("/returns/2013-H1")).text
    assert tasks.count("govuk-task-list__link") == 41
    assert tasks.count("Not started") == 41
    for path in {line.split('"')[0] for line in tasks.split(f'href="{LINE}/')[1:]}:
        assert (await thailand.get(f"{LINE}/{path}")).status_code == 200, path


@pytest.mark.parametrize(
    "path", [LINE, CITIZENSHIP, f"{LINE}/check", "/returns/2013-H1/MY-IMM", f"{LINE}/nothing.here", "/returns/1999/TH"]
)
@pytest.mark.parametrize("who", ["focal-point:MY", "agency:TH:TH-IMM", "analyst:TH", "centre", "operator"])
async def test_a_changed_address_shows_nobody_elses_draft(visitor: Visit, who: str, path: str) -> None:
    stranger = await visitor(who)
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.post(path, do="save", declared="yes")).status_code in (404, 405)


async def test_rows_are_kept_as_typed_and_sent_as_codes(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    answer = await save(thailand, CITIZENSHIP, **ROWS)
    assert answer.status_code == 200, answer.text
    assert 'value="Lao PDR"' in answer.text
    assert "11,000" in answer.text
    await save(thailand, TOTAL, value="12 000")
    assert "<strong>12,000</strong>" in (await thailand.get(CITIZENSHIP)).text
    check = await thailand.get(f"{LINE}/check")
    answer = await thailand.post(f"{LINE}/check", version=hidden(check.text, "version"), declared="yes")
    assert [one["answers"] for one in await sent_reports(world)] == [
        {
            "illegal_entries.total": {"value": 12000},
            "illegal_entries.by_citizenship": {
                "rows": [
                    {"citizenship": "MM", "value": 500},
                    {"citizenship": "KH", "value": 10000},
                    {"citizenship": "LA", "value": 500, "comment": "estimate"},
                ]
            },
        }
    ]


async def test_what_cannot_be_read_comes_back_at_its_field_and_is_kept(visitor: Visit) -> None:
    thailand = await visitor("focal-point:TH")
    fields = {"rows-0-citizenship": "Camboda", "rows-0-value": "ten", "rows-0-comment": "<script>alert(1)</script>"}
    answer = await save(thailand, CITIZENSHIP, **fields)
    assert answer.status_code == 422
    assert "Did you mean Cambodia" in answer.text
    assert 'href="#rows-0-value"' in answer.text
    assert 'value="ten"' in answer.text
    assert "<script>alert(1)" not in answer.text
    again = (await thailand.get(CITIZENSHIP)).text
    assert 'value="Camboda"' in again
    assert "Has findings" in (await thailand.get(LINE)).text
    check = (await thailand.get(f"{LINE}/check")).text
    assert f'href="{CITIZENSHIP}#rows-0-citizenship"' in check
    assert "Send the return" not in check


async def test_the_buttons_add_remove_and_paste_rows(visitor: Visit) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, CITIZENSHIP, "add-row:", **ROWS)
    answer = await thailand.get(CITIZENSHIP, more="add-row:")
    assert answer.text.count("data-row>") == 3 + 5
    block = "Country\tPersons\nPakistan\t70\tover land\n\nAfghanistan\t1,230\n"
    answer = await save(thailand, CITIZENSHIP, "paste", **ROWS, **{"block-": block})
    assert 'value="over land"' not in answer.text
    assert "over land" in answer.text
    assert 'value="1,230"' in answer.text
    answer = await save(thailand, CITIZENSHIP, "remove-row:0", **ROWS)
    assert hidden(answer.text, "rows-0-citizenship") == "Cambodia"


async def test_a_route_is_built_country_by_country(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    route = {"routes-0-citizenship": "Afghanistan", "routes-0-persons": "340",
             "routes-0-legs-0-country": "Afghanistan", "routes-0-legs-0-type": "origin",
             "routes-0-legs-1-country": "Malaysia", "routes-0-legs-1-type": "transit",
             "routes-0-legs-2-country": "Pakistan", "routes-0-legs-2-type": "transit"}  # fmt: skip
    answer = await save(thailand, ROUTES, "leg-up:0:2", **route)
    assert "Afghanistan &gt; Pakistan &gt; Malaysia" in answer.text
    answer = await save(thailand, ROUTES, "add-leg:0", **route)
    assert 'id="routes-0-legs-3-country"' in answer.text
    answer = await save(thailand, ROUTES, "remove-leg:0:1", **route)
    assert "Afghanistan &gt; Pakistan</p>" in answer.text
    answer = await save(thailand, ROUTES, "add-route", **route)
    assert 'id="routes-1-citizenship"' in answer.text
    await save(thailand, ROUTES, "save", **route)
    check = await thailand.get(f"{LINE}/check")
    await thailand.post(f"{LINE}/check", version=hidden(check.text, "version"), declared="yes")
    (report,) = await sent_reports(world)
    assert [leg["country"] for leg in report["answers"]["routes.by_countries"]["routes"][0]["legs"]] == [
        "AF", "MY", "PK"]  # fmt: skip


async def test_autosave_keeps_what_is_typed_and_never_contradicts_its_own_page(visitor: Visit) -> None:
    thailand = await visitor("focal-point:TH")
    page = await thailand.get(TOTAL)
    own = {"version": hidden(page.text, "version"), "page": hidden(page.text, "page")}
    thailand.client.headers["HX-Request"] = "true"
    for value in ("1", "12", "120"):
        part = await thailand.post(TOTAL, do="autosave", value=value, **own)
        assert part.text.strip().startswith("Saved 20 July 2013, 19:00"), "it is Bangkok's time"
    del thailand.client.headers["HX-Request"]
    assert (await thailand.post(TOTAL, do="save", value="1200", **own)).status_code == 200
    late = await thailand.post(TOTAL, do="autosave", value="120", **own)
    assert "Somebody else" in late.text, "an autosave that comes after the Save changes nothing"
    assert 'value="1200"' in (await thailand.get(TOTAL)).text


async def test_two_people_on_one_answer_get_both_versions_and_none_is_lost(visitor: Visit) -> None:
    one, two = await visitor("focal-point:TH"), await visitor("focal-point:TH")
    pages = [await one.get(TOTAL), await two.get(TOTAL)]
    own = [{"version": hidden(page.text, "version"), "page": hidden(page.text, "page")} for page in pages]
    await one.post(TOTAL, do="save", value="100", **own[0])
    answer = await two.post(TOTAL, do="save", value="200", **own[1])
    assert answer.status_code == 409
    assert "100" in answer.text
    assert hidden(answer.text, "value") == "200"
    await two.post(TOTAL, do="save", value="200", version=hidden(answer.text, "version"))
    assert 'value="200"' in (await one.get(TOTAL)).text


async def test_two_people_on_two_answers_do_not_disturb_each_other(visitor: Visit) -> None:
    one, two = await visitor("focal-point:TH"), await visitor("focal-point:TH")
    pages = [await one.get(TOTAL), await two.get(CITIZENSHIP)]
    own = [{"version": hidden(page.text, "version"), "page": hidden(page.text, "page")} for page in pages]
    assert (await one.post(TOTAL, do="save", value="100", **own[0])).status_code == 200
    assert (await two.post(CITIZENSHIP, do="save", **ROWS, **own[1])).status_code == 200


async def test_a_double_click_sends_once_and_leads_to_one_receipt(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, TOTAL, value="100")
    check = await thailand.get(f"{LINE}/check")
    fields = {"version": hidden(check.text, "version"), "declared": "yes"}
    one, two = [await thailand.post(f"{LINE}/check", **fields) for _ in range(2)]
    assert one.url == two.url
    assert str(one.url).split("/")[-2] == "submissions"
    assert len(await sent_reports(world)) == 1


async def test_the_receipt_of_what_is_not_recorded_yet_says_that_it_is_safe(
    visitor: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, TOTAL, value="100")
    version = hidden((await thailand.get(f"{LINE}/check")).text, "version")
    receipt = await thailand.post(f"{LINE}/check", version=version, declared="yes")
    assert (receipt.status_code, "We have it, safely." in receipt.text) == (200, True)
    stranger, path = await visitor("focal-point:MY"), receipt.url.path
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get(f"{path}/events")).status_code == 404
    assert (await (await visitor("agency:TH:TH-IMM")).get(path)).status_code == 404
    held = {"kind": "report", "participant": "TH", "cycle": "2013-H1", "agency": None, "received_at": NOW}
    looks = iter([None, None, {"_id": path.rpartition("/")[2], "state": "accepted", **held}])

    async def recorded_at_the_third_look(_: str) -> Any:
        return next(looks)

    monkeypatch.setattr(world.reads, "submission", recorded_at_the_third_look)
    monkeypatch.setattr("services.gateway.portal.returns.sent.BETWEEN_LOOKS", 0.0)
    stream = (await thailand.get(f"{path}/events")).text
    assert stream.index("We have it, safely.") < stream.index("It passed every check.") < stream.index("event: settled")


async def test_what_was_withdrawn_may_be_sent_again_as_it_is(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, TOTAL, value="100")
    version = hidden((await thailand.get(f"{LINE}/check")).text, "version")
    receipt = (await thailand.post(f"{LINE}/check", version=version, declared="yes")).url
    held = {"kind": "report", "participant": "TH", "cycle": "2013-H1", "agency": None, "received_at": NOW}
    there = {"_id": receipt.path.rpartition("/")[2], "state": "accepted", **held}
    world.reads.add("submissions", there)
    assert 'name="declared"' not in (await thailand.get(f"{LINE}/check")).text
    there["state"] = "withdrawn"
    assert 'name="declared"' in (await thailand.get(f"{LINE}/check")).text


async def test_what_was_sent_and_not_changed_since_is_not_sent_again_from_whatever_page(
    visitor: Visit, world: World
) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, TOTAL, value="100")
    version = hidden((await thailand.get(f"{LINE}/check")).text, "version")
    receipt = (await thailand.post(f"{LINE}/check", version=version, declared="yes")).url
    again = await thailand.get(f"{LINE}/check")
    assert receipt.path in again.text
    assert 'name="declared"' not in again.text
    later = str(int(version) + 1)
    assert (await thailand.post(f"{LINE}/check", version=later, declared="yes", reason="x")).url == receipt
    assert len(await sent_reports(world)) == 1
    await save(thailand, TOTAL, value="101")
    changed = await thailand.get(f"{LINE}/check")
    version = hidden(changed.text, "version")
    await thailand.post(f"{LINE}/check", version=version, declared="yes", reason="A slip of the pen.")
    assert len(await sent_reports(world)) == 2


async def test_without_the_declaration_or_after_a_change_nothing_is_sent(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, TOTAL, value="100")
    version = hidden((await thailand.get(f"{LINE}/check")).text, "version")
    assert (await thailand.post(f"{LINE}/check", version=version)).status_code == 422
    await save(thailand, TOTAL, value="101")
    assert (await thailand.post(f"{LINE}/check", version=version, declared="yes")).status_code == 409
    world.judge.answer = Judgement(
        outcome="rejected", findings=[FINDINGS["cycle.closed"].at(cycle="2013-H1", closes="x")]
    )
    check = await thailand.get(f"{LINE}/check")
    assert "closed on x" in check.text
    version = hidden(check.text, "version")
    assert (await thailand.post(f"{LINE}/check", version=version, declared="yes")).status_code == 422
    assert await sent_reports(world) == []


async def test_every_finding_leads_to_its_field(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, CITIZENSHIP, **ROWS)
    at = pointer("answers", "illegal_entries.by_citizenship", "rows", 1)
    jump = FINDINGS["jump.previous_cycle"].at(at, "illegal_entries.by_citizenship", "say why", value=10000,
                                              direction="above", before=90, cycle="2012-H2")  # fmt: skip
    world.judge.answer = Judgement(outcome="needs_explanation", findings=[jump])
    check = await thailand.get(f"{LINE}/check")
    assert f'href="{CITIZENSHIP}#rows-1-comment"' in check.text
    assert "it will wait for explanations" in check.text
    page = await thailand.get(CITIZENSHIP)
    assert 'href="#rows-1-comment"' in page.text
    assert "10000 is above 90" in page.text
    assert "Has findings" in (await thailand.get(LINE)).text


async def test_what_is_in_force_is_told_question_by_question_until_a_draft_is_begun(
    visitor: Visit, world: World
) -> None:
    thailand = await visitor("focal-point:TH")
    answers = {"illegal_entries.total": {"value": 5}, "illegal_entries.by_citizenship": {"status": "not_collected"}}
    put_revision(world, {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1", "answers": answers})
    tasks = (await thailand.get(LINE)).text
    assert tasks.count('vrs-state--good">In force<') == 2
    assert tasks.count("Not started") == 39
    assert "Not answered" not in (await thailand.get(f"{LINE}/check")).text, "nothing is left out of a draft not begun"
    await save(thailand, TOTAL, value="6")
    assert 'vrs-state--good">In force<' not in (await thailand.get(LINE)).text


async def test_a_finding_names_a_country_and_no_code(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, CITIZENSHIP, **ROWS)
    at = pointer("answers", "illegal_entries.by_citizenship", "rows", 1)
    twice = FINDINGS["row.duplicate"].at(at, "illegal_entries.by_citizenship", None, found="“LA”", first=3)
    world.judge.answer = Judgement(outcome="rejected", findings=[twice])
    assert "“Lao PDR” stands here twice" in (await thailand.get(f"{LINE}/check")).text


async def test_new_places_stand_together_and_each_leads_to_its_field(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    question = "illegal_entries.by_entry_point"
    names = [f"Landing {number}" for number in range(30)]
    fields = {f"rows-{n}-{name}": text for n, one in enumerate(names)
              for name, text in (("entry_point", one), ("value", "1"))}  # fmt: skip
    await save(thailand, f"{LINE}/{question}", **fields)
    new = [
        FINDINGS["place.new"].at(pointer("answers", question, "rows", n, "entry_point"), question, None, found=one)
        for n, one in enumerate(names)
    ]
    world.judge.answer = Judgement(outcome="accepted", findings=new)
    check = (await thailand.get(f"{LINE}/check")).text
    assert "30 places were never named before" in check
    assert check.count("never named before") == 1
    for n, one in enumerate(names):
        assert f'href="{LINE}/{question}#rows-{n}-entry_point">{one}</a>' in check, one


async def test_who_may_see_what_is_said_table_by_table_and_stands_in_the_list(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    assert "Who may see this figure" in (await thailand.get(TOTAL)).text
    assert "Who may see this table" in (await thailand.get(CITIZENSHIP)).text
    assert "Seen by the centre only" not in (await thailand.get(LINE)).text
    await save(thailand, CITIZENSHIP, **ROWS, sharing="centre_only")
    await save(thailand, TOTAL, value="11,000", sharing="all")
    assert (await thailand.get(LINE)).text.count("Seen by the centre only") == 1
    check = await thailand.get(f"{LINE}/check")
    await thailand.post(f"{LINE}/check", version=hidden(check.text, "version"), declared="yes")
    [report] = await sent_reports(world)
    assert report["sharing"] == {"illegal_entries.by_citizenship": "centre_only"}


async def test_a_correction_begins_with_what_is_in_force_and_shows_what_differs(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    rows = [{"citizenship": "MM", "value": 500}, {"citizenship": "KH", "value": 10000}]
    answers = {"illegal_entries.total": {"value": 12000}, "illegal_entries.by_citizenship": {"rows": rows}}
    review = {"outcome": "correction_requested", "reason": "Cambodia looks high.",
              "pointers": ["/answers/illegal_entries.by_citizenship/rows/1/value"]}  # fmt: skip
    put_revision(world, {"cycle": "2013-H1", "answers": answers}, "correction_requested", review=review)
    tasks = (await thailand.get(LINE)).text
    assert "Cambodia looks high." in tasks
    assert tasks.count("Correction asked by the centre") == 2, "at the return and at the question"
    await thailand.post(f"{LINE}/correct")
    page = await thailand.get(CITIZENSHIP)
    assert 'value="Cambodia"' in page.text
    assert 'id="rows-1-value-asked"' in page.text
    assert 'id="rows-0-value-asked"' not in page.text
    await save(thailand, CITIZENSHIP, **{"rows-0-citizenship": "Cambodia", "rows-0-value": "9000",
                                         "rows-1-citizenship": "Myanmar", "rows-1-value": "500"})  # fmt: skip
    assert 'id="rows-0-value-asked"' in (await thailand.get(CITIZENSHIP)).text, "found again where it stands now"
    check = await thailand.get(f"{LINE}/check")
    assert "<del>10,000</del>" in check.text
    assert "<ins>9,000</ins>" in check.text
    version = hidden(check.text, "version")
    assert (await thailand.post(f"{LINE}/check", version=version, declared="yes")).status_code == 422
    bad = await thailand.post(f"{LINE}/check", version=version, declared="yes", reason="ask someone@example.org")
    assert "personal data" in bad.text
    await thailand.post(f"{LINE}/check", version=version, declared="yes", reason="A slip of the pen.")
    assert len(await sent_reports(world)) == 1


async def test_the_last_cycles_lines_are_offered_without_their_figures(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    rows = [{"citizenship": "MM", "value": 4711}]
    put_revision(world, {"cycle": "2012-H2", "answers": {"illegal_entries.by_citizenship": {"rows": rows}}})
    page = await thailand.get(CITIZENSHIP)
    assert "The last return has 1 line here" in page.text
    answer = await thailand.post(CITIZENSHIP, do="start", version=hidden(page.text, "version"))
    assert 'value="Myanmar"' in answer.text
    assert "4711" not in answer.text


async def test_a_state_that_changes_from_years_to_half_years_starts_from_its_last_year(
    visitor: Visit, world: World
) -> None:
    thailand = await visitor("focal-point:TH")
    days = {"opens": date(2013, 1, 1), "due": date(2013, 3, 1), "closes": date(2013, 9, 30)}
    world.view.directory.put(Cycle.model_validate({"id": "2012", **days, "expected": ["TH"]}))
    rows = [{"citizenship": "MM", "value": 4711}, {"citizenship": "KH", "value": 9}]
    put_revision(world, {"cycle": "2012", "answers": {"illegal_entries.by_citizenship": {"rows": rows}}})
    assert "The last return has 2 lines here" in (await thailand.get(CITIZENSHIP)).text


async def test_explanations_are_given_on_the_submissions_page(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    one = "00000000-0000-5000-8000-000000000009"
    at = "/answers/illegal_entries.total"
    values = {"value": 9, "direction": "above", "before": 1, "cycle": "2012-H2"}
    found = FINDINGS["jump.previous_cycle"].at(at, "illegal_entries.total", "say why", **values)
    waiting = {"participant": "TH", "cycle": "2013-H1", "agency": None, "state": "needs_explanation", "revision": 2}
    timeline = [{"state": "received", "at": NOW, "service": "gateway"}]
    whole = {"received_at": NOW, "findings": [found.model_dump()], "timeline": timeline}
    world.reads.add("submissions", {"_id": one, "kind": "report", **waiting, **whole})
    page = await thailand.get(f"/submissions/{one}")
    assert "9 is above 1 in July–December 2012" in page.text
    assert hidden(page.text, "pointer-0") == at
    path = f"/submissions/{one}/explanations"
    assert (await thailand.post(path, **{"pointer-0": at, "explain-0": ""})).status_code == 422
    threads = in_threads()
    bad = await thailand.post(path, **{"pointer-0": at, "explain-0": "ask someone@example.org"})
    assert "_personal" in threads  # a form of 4 MB is looked through for seconds
    assert (bad.status_code, "ask someone@example.org" in bad.text) == (422, True)
    await thailand.post(path, **{"pointer-0": at, "explain-0": "A new border post."})
    (given,) = [data for _, _, data in world.outbox.published if isinstance(data, ExplanationsGiven)]
    assert [(e.pointer, e.comment) for e in given.explanations] == [(at, "A new border post.")]
    stranger = await visitor("focal-point:MY")
    assert (await stranger.get(f"/submissions/{one}")).status_code == 404
    assert (await stranger.get(f"/submissions/{one}/events")).status_code == 404
    analyst = await visitor("analyst:TH")
    assert "Send the explanations" not in (await analyst.get(f"/submissions/{one}")).text
    stream = await thailand.get(f"/submissions/{one}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.text.startswith("event: timeline\ndata: ")


async def test_an_agency_fills_in_its_own_part_alone(visitor: Visit, world: World) -> None:
    world.view.directory.put(Agency(participant="TH", id="TH-IMM", name="Immigration Bureau"))
    agency = await visitor("agency:TH:TH-IMM")
    assert 'href="/returns/2013-H1/TH-IMM"' in (await agency.get("/returns")).text
    await save(agency, "/returns/2013-H1/TH-IMM/illegal_entries.total", value="7")
    check = await agency.get("/returns/2013-H1/TH-IMM/check")
    await agency.post("/returns/2013-H1/TH-IMM/check", version=hidden(check.text, "version"), declared="yes")
    (report,) = await sent_reports(world)
    assert (report["reporter"], report["agency"]) == ("TH", "TH-IMM")
    assert 'value="7"' not in (await (await visitor("focal-point:TH")).get(TOTAL)).text


async def test_a_draft_survives_the_end_of_a_session(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, TOTAL, value="77")
    world.clock.go_on(timedelta(hours=3))
    await thailand.sign_in("focal-point-th")
    assert 'value="77"' in (await thailand.get(TOTAL)).text


async def test_the_pages_are_there_in_french(visitor: Visit) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, CITIZENSHIP, **ROWS)
    await thailand.get("/language/fr")
    for path, words in (("/returns", "Prochaine étape"), (LINE, "Contrôler et envoyer"), (CITIZENSHIP, "Cambodge"),
                        (f"{LINE}/check", "Contrôlez vos réponses")):  # fmt: skip
        assert words in (await thailand.get(path)).text, path


@pytest.mark.parametrize(
    ("do", "fields"),
    [
        ("remove-row:" + "9" * 5_000, {}),
        ("leg-up:0:" + "9" * 5_000, {}),
        ("save", {"version": "9" * 5_000}),
        ("save", {"rows-0-methods": "air", "routes-0-payment": "cash"}),
        ("save", {"rows-0-citizenship": "KH", "rows-0-value": "12²"}),
    ],
)
async def test_fields_that_no_page_of_ours_has_are_no_fault_of_ours(
    visitor: Visit, do: str, fields: dict[str, str]
) -> None:
    """Found by fuzzing: Python refuses to read so long a number, and takes other digits for some of its own."""
    thailand = await visitor("focal-point:TH")
    await thailand.get(CITIZENSHIP)
    assert (await thailand.post(CITIZENSHIP, do=do, **fields)).status_code < 500
    assert (await thailand.get(CITIZENSHIP)).status_code == 200


async def test_a_version_that_no_return_has_is_not_sent(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    await save(thailand, TOTAL, value="500")
    for version in ("9" * 5_000, "²", "-1", ""):
        answer = await thailand.post(f"{LINE}/check", to=f"{LINE}/check", version=version, declared="yes")
        assert answer.status_code == 409, version
    assert await sent_reports(world) == []
