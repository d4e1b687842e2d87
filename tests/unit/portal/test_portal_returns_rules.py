"""The pure rules behind the forms: reading, pasting, editing, placing, telling, and what a draft becomes."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from contracts import geography
from contracts import template as templates
from contracts.finding_kinds import FINDINGS
from contracts.findings import pointer
from contracts.period import Period
from contracts.report import Report
from services.gateway.portal.returns.draft import Draft, Sent
from services.gateway.portal.returns.drafts import Drafts, MemoryDrafts, changed
from services.gateway.portal.returns.editing import edited, with_blanks
from services.gateway.portal.returns.pasting import rows_of
from services.gateway.portal.returns.places import field_at, placed
from services.gateway.portal.returns.progress import progress_of
from services.gateway.portal.returns.reading import read, report_of
from services.gateway.portal.returns.starting import earlier, without_figures
from services.gateway.portal.returns.telling import differences, told
from services.gateway.portal.returns.typed import TypedAnswer, TypedRoute, answers_of

TEMPLATE = templates.load()
TOTAL = TEMPLATE.question("illegal_entries.total")
CITIZENSHIP = TEMPLATE.question("illegal_entries.by_citizenship")
GENDER_AGE = TEMPLATE.question("illegal_entries.by_gender_age")
BY_MODE = TEMPLATE.question("smuggled_migrants.by_mode_and_last_exit")
ROUTES = TEMPLATE.question("routes.by_countries")
FEES = TEMPLATE.question("methods_and_fees.by_from_to")
NOW = datetime(2013, 7, 20, 12, tzinfo=UTC)

REPORT: dict[str, Any] = {
    "template": "ort/1",
    "reporter": "TH",
    "cycle": "2013-H1",
    "answers": {
        "illegal_entries.total": {"value": 12000},
        "illegal_entries.by_citizenship": {
            "rows": [
                {"citizenship": "MM", "value": 500},
                {"citizenship": "LA", "value": 0, "comment": "estimate", "caveat": "e"},
                {"citizenship": "unknown", "status": "withheld"},
            ]
        },
        "smuggled_migrants.by_mode_and_last_exit": {"rows": [{"mode": "sea", "last_exit": "MY", "value": 120}]},
        "refused_entries.total": {"status": "not_collected"},
        "illegal_exits.by_citizenship": {"nothing_to_report": True},
        "routes.by_countries": {
            "routes": [
                {
                    "citizenship": "AF",
                    "legs": [{"country": "AF", "type": "origin"}, {"country": "PK", "type": "transit", "mode": "air"}],
                    "persons": 340,
                    "share": 12.5,
                }
            ]
        },
        "methods_and_fees.by_from_to": {
            "fees": [
                {
                    "from": "AF",
                    "to": "ID",
                    "mode": "air",
                    "methods": ["fraudulent_documents"],
                    "fee_min": 4000,
                    "currency": "USD",
                    "payment": ["instalments"],
                }
            ]
        },
        "interaction.description": {"text": "Loose groups work together."},
        "other_crime_areas.areas": {"choices": ["drugs"], "comment": "rarely"},
    },
    "sharing": {"methods_and_fees.by_from_to": "centre_only"},
}


def test_a_report_becomes_typed_answers_and_the_same_report_again() -> None:
    for language in ("en", "fr"):
        typed = answers_of(REPORT, TEMPLATE, lambda code: geography.name(code, language))  # noqa: B023
        report, faults = report_of(typed, TEMPLATE, "TH", "2013-H1", None)
        assert (report, faults) == (REPORT, {})
        Report.model_validate(report)


def test_every_name_that_is_shown_is_understood_again() -> None:
    languages: tuple[geography.Language, ...] = ("en", "fr")
    shown = {
        geography.name(one.alpha2, language): one.alpha2 for one in geography.countries() for language in languages
    }
    assert {name: geography.resolve(name) for name in shown} == {
        name: geography.Resolved(code) for name, code in shown.items()
    }


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("12000", 12000), ("12,000", 12000), ("12 000", 12000), ("1\u202f234\u00a0567", 1234567), ("-5", -5),
     ("2.5", 2.5)],
)  # fmt: skip
def test_a_number_is_understood_as_people_write_it(text: str, number: float) -> None:
    found = read(TypedAnswer(value=text), TOTAL, TEMPLATE)
    assert (found.answer, found.faults) == ({"value": number}, [])


@pytest.mark.parametrize("text", ["ten", "12.000", "1,2", "12,00", "1e3", "٣", "12 persons", "9" * 30, "0x10", "."])
def test_what_may_mean_two_numbers_or_none_is_asked_about(text: str) -> None:
    (fault,) = read(TypedAnswer(value=text), TOTAL, TEMPLATE).faults
    assert fault.field == "value"


def test_a_blank_is_no_answer_and_a_zero_is_one() -> None:
    typed = {
        "illegal_entries.total": TypedAnswer(value="0"),
        "refused_entries.total": TypedAnswer(sharing="centre_only"),
    }
    report, _ = report_of(typed, TEMPLATE, "TH", "2013-H1", None)
    assert report["answers"] == {"illegal_entries.total": {"value": 0}}
    assert report["sharing"] == {}


def test_an_unknown_and_an_ambiguous_country_come_with_suggestions() -> None:
    rows = [{"citizenship": "Camboda", "value": "1"}, {"citizenship": "Korea", "value": "1"}]
    unknown, several = read(TypedAnswer(rows=rows), CITIZENSHIP, TEMPLATE).faults
    assert (unknown.field, unknown.codes) == ("rows-0-citizenship", ("KH",))
    assert (several.field, set(several.codes)) == ("rows-1-citizenship", {"KP", "KR"})


@pytest.mark.parametrize(
    "block",
    [
        "Myanmar\t500\nLao PDR\t1,000\testimate",
        "Country\tPersons\tRemark\r\nMyanmar\t500\r\n\r\nLao PDR\t1,000\testimate\r\n",
        'Myanmar;500\n"Lao PDR";1,000;estimate',
    ],
)
def test_a_block_of_a_spreadsheet_becomes_rows(block: str) -> None:
    assert rows_of(block, ["citizenship"], {}) == [
        {"citizenship": "Myanmar", "value": "500"},
        {"citizenship": "Lao PDR", "value": "1,000", "comment": "estimate"},
    ]


def test_pasted_rows_of_a_sub_question_get_its_way_of_travel() -> None:
    changed_answer = edited(TypedAnswer(), "paste:sea", "Malaysia\t120", BY_MODE, TEMPLATE)
    assert changed_answer.rows == [{"mode": "sea", "last_exit": "Malaysia", "value": "120"}]


@pytest.mark.parametrize(
    "command", ["remove-row:9", "leg-up:0:0", "leg-down:7:7", "remove-route:x", "", "::::", "paste:"]
)
def test_a_button_that_says_nothing_changes_nothing(command: str) -> None:
    there = TypedAnswer(rows=[{"citizenship": "MM", "value": "1"}])
    assert edited(there, command, "", CITIZENSHIP, TEMPLATE) == there


def test_a_country_moves_and_the_origin_stays_in_front() -> None:
    legs = [
        {"country": "AF", "type": "origin"},
        {"country": "MY", "type": "transit"},
        {"country": "ID", "type": "destination"},
    ]
    route = TypedAnswer(routes=[TypedRoute(legs=legs)])
    up = edited(route, "leg-up:0:1", "", ROUTES, TEMPLATE).routes[0].legs
    assert [(leg["country"], leg["type"]) for leg in up] == [("MY", "origin"), ("AF", "transit"), ("ID", "destination")]
    down = edited(route, "leg-down:0:1", "", ROUTES, TEMPLATE).routes[0].legs
    assert [(leg["country"], leg["type"]) for leg in down] == [
        ("AF", "origin"),
        ("ID", "transit"),
        ("MY", "destination"),
    ]


def test_a_complete_division_shows_each_of_its_codes_once_and_in_order() -> None:
    typed = TypedAnswer(rows=[{"gender_age": "boys", "value": "1"}, {"gender_age": "men", "value": "2"}])
    tidy = typed.tidy(GENDER_AGE, TEMPLATE)
    assert [row["gender_age"] for row in tidy.rows] == ["men", "boys"]
    shown = with_blanks(tidy, "", GENDER_AGE, TEMPLATE)
    assert sorted(row["gender_age"] for row in shown.rows) == sorted(TEMPLATE.dimension("gender_age").codes)
    assert shown.rows[:2] == tidy.rows, "a line's place is the same on the page and in the report"


def test_blank_lines_are_shown_and_never_kept() -> None:
    shown = with_blanks(TypedAnswer(), "add-row:sea", BY_MODE, TEMPLATE)
    assert [row["mode"] for row in shown.rows].count("sea") == 5
    assert shown.tidy(BY_MODE, TEMPLATE).blank


def test_fields_of_other_names_and_crooked_numbers_are_passed_over() -> None:
    crooked = ("rows-99999-value", "rows--1-value", "evil", "$where", "routes-0-legs-x-country", "rows-0-a b")
    sent = [("rows-0-citizenship", "MM"), *((name, "1") for name in crooked)]
    sent += [("fees-2-methods", "other"), ("fees-2-methods", "small_boat")]
    typed = TypedAnswer.of_form(sent)
    assert typed.rows == [{"citizenship": "MM"}]
    assert typed.routes == []
    assert [fee.methods for fee in typed.fees] == [["other", "small_boat"]]


@pytest.mark.parametrize(
    ("at", "question", "explain", "field"),
    [
        (("answers", CITIZENSHIP.id, "rows", 3), CITIZENSHIP, False, "rows-3-citizenship"),
        (("answers", CITIZENSHIP.id, "rows", 3), CITIZENSHIP, True, "rows-3-comment"),
        (("answers", CITIZENSHIP.id, "rows", 3, "value"), CITIZENSHIP, False, "rows-3-value"),
        (("answers", BY_MODE.id, "rows", 0, "mode"), BY_MODE, False, "rows-0-value"),
        (("answers", CITIZENSHIP.id), CITIZENSHIP, False, "status"),
        (("answers", TOTAL.id), TOTAL, False, "value"),
        (("answers", TOTAL.id), TOTAL, True, "comment"),
        (("answers", ROUTES.id, "routes", 1, "legs", 2), ROUTES, False, "routes-1-legs-2-country"),
        (("answers", ROUTES.id, "routes", 1), ROUTES, False, "routes-1-citizenship"),
        (("answers", FEES.id, "fees", 0, "methods", 1), FEES, False, "fees-0-methods"),
        (("sharing", FEES.id), FEES, False, "sharing"),
    ],
)
def test_a_place_of_the_report_is_a_field_of_a_page(
    at: tuple[Any, ...], question: Any, explain: bool, field: str
) -> None:
    assert field_at(pointer(*at), question, TEMPLATE, explain=explain) == field


def test_a_finding_about_the_whole_report_has_no_field() -> None:
    (one,) = placed([FINDINGS["cycle.closed"].at("/cycle", cycle="2013-H1", closes="then")], TEMPLATE)
    assert (one.question, one.field) == (None, "")


def test_the_state_of_a_question() -> None:
    row = TypedAnswer(rows=[{"citizenship": "MM", "value": "1"}])
    assert progress_of(CITIZENSHIP, None, False) == "untouched"
    assert progress_of(CITIZENSHIP, TypedAnswer(sharing="centre_only"), False) == "untouched"
    assert progress_of(CITIZENSHIP, TypedAnswer(comment="soon"), False) == "begun"
    assert progress_of(CITIZENSHIP, row, True) == "findings"
    assert progress_of(CITIZENSHIP, row, False) == "complete"
    assert progress_of(CITIZENSHIP, TypedAnswer(status="nothing_to_report"), False) == "nothing"


def test_differences_name_what_is_new_what_changed_and_what_is_gone() -> None:
    before = TypedAnswer(rows=[{"citizenship": "A", "value": "1"}, {"citizenship": "B", "value": "2"}])
    now = TypedAnswer(rows=[{"citizenship": "B", "value": "3"}, {"citizenship": "C", "value": "4"}])
    found = differences(told(before, CITIZENSHIP, TEMPLATE), told(now, CITIZENSHIP, TEMPLATE))
    assert [(one.label, one.before, one.now) for one in found] == [
        (("B",), ("2",), ("3",)),
        (("C",), None, ("4",)),
        (("A",), ("1",), None),
    ]


def test_a_start_takes_what_lines_are_about_and_no_figure() -> None:
    typed = answers_of(REPORT, TEMPLATE, str)
    route = without_figures(typed[ROUTES.id], ROUTES, TEMPLATE)
    assert route is not None
    assert [leg["country"] for leg in route.routes[0].legs] == ["AF", "PK"]
    assert "340" not in route.model_dump_json()
    fee = without_figures(typed[FEES.id], FEES, TEMPLATE)
    assert fee is not None
    assert "4000" not in fee.model_dump_json()
    assert without_figures(TypedAnswer(status="not_collected"), CITIZENSHIP, TEMPLATE) is None


def draft() -> Draft:
    return Draft("TH|2013-H1", "TH", "2013-H1", None)


def test_the_last_cycle_is_the_one_that_ended_last_and_preferably_as_long() -> None:
    known = [Period.parse(one) for one in ("2011", "2012", "2012-H1", "2012-Q4", "2013-H1", "2013-Q1", "2014")]
    assert [str(one) for one in earlier(Period.parse("2013-H1"), known)] == [
        "2012-H2", "2012", "2012-Q4", "2012-H1", "2011",
    ]  # fmt: skip
    assert [str(one) for one in earlier(Period.parse("2013-Q1"), known)][:2] == ["2012-Q4", "2012"]


def test_no_version_ever_comes_again_so_no_key_stands_for_two_reports() -> None:
    one = draft().with_answer(TOTAL.id, TypedAnswer(value="1"), "a", NOW)
    sent = one.as_sent(Sent(one.version, "s1", "h", NOW, "a"))
    assert sent is not None
    assert not sent.open
    anew = sent.begun_from({}, "a", NOW).with_answer(TOTAL.id, TypedAnswer(value="2"), "a", NOW)
    assert anew.open
    assert len({one.key, sent.key, anew.key}) == 3
    assert sent.as_sent(Sent(one.version, "s1", "h", NOW, "a")) is None


def test_saving_the_same_again_is_no_new_version() -> None:
    one = draft().with_answer(TOTAL.id, TypedAnswer(value="1"), "a", NOW)
    assert one.with_answer(TOTAL.id, TypedAnswer(value="1"), "b", NOW) is one
    assert draft().with_answer(TOTAL.id, TypedAnswer(), "a", NOW).version == 0


def test_a_page_that_saves_by_itself_what_was_just_saved_by_hand_contradicts_nobody() -> None:
    typed, corrected = TypedAnswer(value="1"), TypedAnswer(value="2")
    by_hand = draft().with_answer(TOTAL.id, typed, "a", NOW)
    # The page that comes next is made of this version; the request of the page before it arrives only then.
    late = by_hand.with_answer(TOTAL.id, typed, "a", NOW, "the page before")
    assert not late.conflicts(TOTAL.id, corrected, by_hand.version, "the page after")


async def test_saves_of_different_answers_in_any_order_all_stand() -> None:
    questions = [TOTAL.id, CITIZENSHIP.id, ROUTES.id]
    for order in permutations(questions):
        drafts: Drafts = MemoryDrafts()
        stale = await drafts.get("TH", "2013-H1", None)
        for question in order:
            typed = TypedAnswer(comment=question)
            await changed(drafts, stale, lambda there: there.with_answer(question, typed, "a", NOW))  # noqa: B023
        there = await drafts.get("TH", "2013-H1", None)
        assert {name: one.comment for name, one in there.typed.items()} == {name: name for name in questions}
        assert there.version == 3


async def test_a_version_is_kept_once_and_the_same_write_again_is_success() -> None:
    drafts: Drafts = MemoryDrafts()
    mine = draft().with_answer(TOTAL.id, TypedAnswer(value="1"), "a", NOW)
    theirs = draft().with_answer(TOTAL.id, TypedAnswer(value="2"), "b", NOW)
    assert await drafts.put(mine)
    assert await drafts.put(mine)
    assert not await drafts.put(theirs)
    assert await drafts.get("TH", "2013-H1", None) == mine
    assert await drafts.of("TH") == [mine]
    assert await drafts.of("MY") == []
