"""Reports put together: partial on its base, agencies' parts into a return."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import Explanation
from contracts.merging import join, merge, with_explanations
from contracts.report import Answer, Report

TOTAL = "illegal_entries.total"
CITIZENSHIP = "illegal_entries.by_citizenship"


def report(
    agency: str | None = None, scope: str = "full", sharing: dict[str, str] | None = None, **answers: Any
) -> Report:
    return Report.model_validate(
        {
            "template": "ort/1",
            "reporter": "TH",
            "cycle": "2013-H1",
            "agency": agency,
            "scope": scope,
            "answers": {name.replace("__", "."): value for name, value in answers.items()},
            "sharing": sharing or {},
        }
    )


def rows(*given: tuple[str, int]) -> dict[str, Any]:
    return {"rows": [{"citizenship": citizenship, "value": value} for citizenship, value in given]}


def said(answer: Answer) -> dict[str, Any]:
    return answer.model_dump(exclude_unset=True, exclude_none=True, by_alias=True)


def test_a_partial_report_replaces_only_the_questions_it_answers() -> None:
    base = report(
        illegal_entries__total={"value": 1}, refused_entries__total={"value": 2}, sharing={TOTAL: "centre_only"}
    )
    merged = merge(base, report(scope="partial", illegal_entries__total={"value": 3}))
    assert {name: answer.value for name, answer in merged.answers.items()} == {TOTAL: 3, "refused_entries.total": 2}
    assert merged.scope == "full"
    assert merged.sharing == {TOTAL: "centre_only"}


def test_a_full_report_stands_alone() -> None:
    full = report(illegal_entries__total={"value": 3})
    assert merge(report(refused_entries__total={"value": 2}), full) == full


def test_a_partial_report_without_a_base_stays_as_it_is() -> None:
    partial = report(scope="partial", illegal_entries__total={"value": 3})
    assert merge(None, partial) == partial


def test_a_question_that_one_agency_answers_is_taken_whole() -> None:
    base = report(refused_entries__total={"value": 2})
    part = report("TH-IMM", illegal_entries__total={"value": 7, "comment": "estimate"})
    joined, overlaps = join(base, {"TH-IMM": part})
    assert said(joined.answers[TOTAL]) == {"value": 7, "comment": "estimate"}
    assert joined.answers["refused_entries.total"].value == 2
    assert overlaps == []
    assert joined.agency is None


def test_where_the_state_and_an_agency_give_the_same_figure_the_states_stands_and_the_overlap_is_shown() -> None:
    base = report(illegal_entries__total={"value": 1})
    joined, overlaps = join(base, {"TH-IMM": report("TH-IMM", illegal_entries__total={"value": 7})})
    assert said(joined.answers[TOTAL]) == {"value": 1}
    assert [one.values for one in overlaps] == [{"TH": 1, "TH-IMM": 7}]


def test_what_the_state_said_knowing_an_agencys_part_is_no_overlap_with_it() -> None:
    base = report(illegal_entries__total={"value": 1, "comment": "counted anew"})
    joined, overlaps = join(base, {"TH-IMM": report("TH-IMM", illegal_entries__total={"value": 7})}, seen=["TH-IMM"])
    assert said(joined.answers[TOTAL])["value"] == 1
    assert overlaps == []


def test_rows_of_two_agencies_are_put_together() -> None:
    parts = {
        "TH-NAVY": report("TH-NAVY", illegal_entries__by_citizenship=rows(("KH", 5))),
        "TH-IMM": report("TH-IMM", illegal_entries__by_citizenship=rows(("MM", 500))),
    }
    joined, overlaps = join(None, parts)
    assert said(joined.answers[CITIZENSHIP]) == rows(("MM", 500), ("KH", 5))
    assert overlaps == []


def test_the_same_cell_twice_is_an_overlap_and_the_higher_figure_stands() -> None:
    parts = {
        "TH-IMM": report("TH-IMM", illegal_entries__by_citizenship=rows(("KH", 5), ("Lao PDR", 80))),
        "TH-NAVY": report("TH-NAVY", illegal_entries__by_citizenship=rows(("LAO", 100))),
    }
    joined, overlaps = join(None, parts)
    assert said(joined.answers[CITIZENSHIP]) == rows(("KH", 5), ("LAO", 100))
    (overlap,) = overlaps
    assert overlap.pointer == f"/answers/{CITIZENSHIP}/rows/1"
    assert overlap.values == {"TH-IMM": 80, "TH-NAVY": 100}


def test_agreeing_figures_are_an_overlap_too() -> None:
    parts = {code: report(code, illegal_entries__total={"value": 4}) for code in ("TH-IMM", "TH-NAVY")}
    joined, overlaps = join(None, parts)
    assert joined.answers[TOTAL].value == 4
    assert [one.values for one in overlaps] == [{"TH-IMM": 4, "TH-NAVY": 4}]


def test_a_comment_never_explains_a_difference_its_agency_knew_nothing_of() -> None:
    parts = {
        "TH-IMM": report("TH-IMM", illegal_entries__total={"value": 4, "comment": "border posts only"}),
        "TH-NAVY": report("TH-NAVY", illegal_entries__total={"value": 9, "comment": "at sea", "caveat": "e"}),
    }
    joined, _ = join(None, parts)
    assert said(joined.answers[TOTAL]) == {"value": 9}


def test_not_collected_here_erases_nobodys_figures() -> None:
    base = report(illegal_entries__total={"value": 1})
    joined, overlaps = join(base, {"TH-IMM": report("TH-IMM", illegal_entries__total={"status": "not_collected"})})
    assert joined.answers[TOTAL].value == 1
    other = report("TH-NAVY", illegal_entries__total={"value": 3})
    joined, overlaps = join(
        None, {"TH-IMM": report("TH-IMM", illegal_entries__total={"status": "not_yet"}), "TH-NAVY": other}
    )
    assert joined.answers[TOTAL].value == 3
    assert overlaps == []


def test_nothing_to_report_against_figures_is_an_overlap() -> None:
    parts = {
        "TH-IMM": report("TH-IMM", illegal_entries__by_citizenship=rows(("KH", 5))),
        "TH-NAVY": report("TH-NAVY", illegal_entries__by_citizenship={"nothing_to_report": True}),
    }
    joined, overlaps = join(None, parts)
    assert said(joined.answers[CITIZENSHIP]) == rows(("KH", 5))
    assert [one.values for one in overlaps] == [{"TH-IMM": None, "TH-NAVY": 0}]


def test_routes_fees_choices_and_texts_are_put_together() -> None:
    def route(persons: int, *countries: str) -> dict[str, Any]:
        return {
            "citizenship": countries[0],
            "legs": [{"country": c, "type": "transit"} for c in countries],
            "persons": persons,
        }

    def fee(method: str) -> dict[str, Any]:
        return {"from": "AF", "to": "ID", "methods": [method], "fee_typical": 6000, "currency": "USD"}

    parts = {
        "TH-IMM": report(
            "TH-IMM",
            routes__by_countries={"routes": [route(10, "AF", "PK"), route(5, "AF", "IR")]},
            methods_and_fees__by_from_to={"fees": [fee("small_boat")]},
            other_crime_areas__areas={"choices": ["drugs"]},
            interaction__description={"text": "By land."},
        ),
        "TH-NAVY": report(
            "TH-NAVY",
            routes__by_countries={"routes": [route(30, "Afghanistan", "PAK")]},
            methods_and_fees__by_from_to={"fees": [fee("escorted_by_guide")]},
            other_crime_areas__areas={"choices": ["firearms", "drugs"]},
            interaction__description={"text": "By sea."},
        ),
    }
    joined, overlaps = join(None, parts)
    assert [one.persons for one in joined.answers["routes.by_countries"].routes or ()] == [30, 5]
    assert [one.methods for one in joined.answers["methods_and_fees.by_from_to"].fees or ()] == [
        ["small_boat", "escorted_by_guide"]
    ]
    assert joined.answers["other_crime_areas.areas"].choices == ["drugs", "firearms"]
    assert joined.answers["interaction.description"].text == "TH-IMM: By land.\nTH-NAVY: By sea."
    assert [one.values for one in overlaps] == [{"TH-IMM": 10, "TH-NAVY": 30}, {"TH-IMM": 6000, "TH-NAVY": 6000}]


def test_two_long_texts_still_fit_into_one() -> None:
    parts = {code: report(code, interaction__description={"text": code * 2_500}) for code in ("TH-IMM", "TH-NAVY")}
    joined, _ = join(None, parts)
    assert 19_000 < len(joined.answers["interaction.description"].text or "") <= 20_000


def test_no_agency_opens_what_another_keeps() -> None:
    parts = {
        "TH-IMM": report("TH-IMM", illegal_entries__total={"value": 1}, sharing={TOTAL: "centre_only"}),
        "TH-NAVY": report("TH-NAVY", illegal_entries__total={"value": 1}, sharing={TOTAL: "all"}),
    }
    assert join(None, parts)[0].sharing == {TOTAL: "centre_only"}


def test_without_a_part_there_is_nothing_to_join() -> None:
    with pytest.raises(ValueError, match="at least one part"):
        join(report(illegal_entries__total={"value": 1}), {})


def test_more_rows_than_a_report_may_have_are_refused() -> None:
    parts = {
        code: report(
            code,
            illegal_entries__by_entry_point={
                "rows": [{"entry_point": f"{code} {i}", "value": 1} for i in range(3_000)]
            },
        )
        for code in ("TH-IMM", "TH-NAVY")
    }
    with pytest.raises(ValueError, match="rows"):
        join(None, parts)


def test_what_was_explained_stays_explained_as_a_comment() -> None:
    given_report = report(
        illegal_entries__total={"value": 1},
        refused_entries__total={"value": 1, "comment": "kept"},
        illegal_entries__by_citizenship=rows(("KH", 5), ("MM", 6)),
    )
    explained = with_explanations(
        given_report,
        [
            Explanation(pointer=f"/answers/{TOTAL}", comment="total"),
            Explanation(pointer="/answers/refused_entries.total/value", comment="not taken"),
            Explanation(pointer=f"/answers/{CITIZENSHIP}/rows/1/value", comment="row"),
            Explanation(pointer=f"/answers/{CITIZENSHIP}/rows/9", comment="answer"),
            Explanation(pointer="/answers/nothing.here", comment="nowhere"),
            Explanation(pointer="", comment="nowhere"),
        ],
    )
    assert explained.answers[TOTAL].comment == "total"
    assert explained.answers["refused_entries.total"].comment == "kept"
    assert [row.comment for row in explained.answers[CITIZENSHIP].rows or ()] == [None, "row"]
    assert explained.answers[CITIZENSHIP].comment == "answer"


PART = st.dictionaries(st.sampled_from(["MM", "Myanmar", "KH", "LA", "Lao PDR"]), st.integers(0, 50), max_size=4)


@given(parts=st.dictionaries(st.sampled_from(["TH-IMM", "TH-NAVY", "TH-BPP"]), PART, min_size=1))
def test_the_order_of_the_parts_does_not_matter(parts: dict[str, dict[str, int]]) -> None:
    reports = {code: report(code, illegal_entries__by_citizenship=rows(*part.items())) for code, part in parts.items()}
    backwards = dict(reversed(list(reports.items())))
    assert join(None, reports) == join(None, backwards)
