"""What is remembered of a report's rows for the next report: what was understood, and nothing that somebody typed."""

from contracts.events import ReportRecorded
from contracts.template import load
from services.validation.case import read
from services.validation.members import MOST_REMEMBERED, Reader
from services.validation.named import Names
from services.validation.rules import judge
from tests.unit.validation.returns import CITIZENSHIP, LAST_EXIT, MODE_EXIT, POINT, recorded, row, rows

TEMPLATE = load()


def remembered(*dimensions: str) -> list[str]:
    """The texts that are remembered of rows of these dimensions, and of members of each."""
    reader = Reader(TEMPLATE, "TH", [])
    of_rows = [text for given in Names(reader, dimensions).remembered for _, text in given]
    return of_rows + [text for dimension in dimensions for text in reader.remembered(dimension)]


def test_a_country_is_remembered_as_it_was_written() -> None:
    judge(recorded({CITIZENSHIP: rows("citizenship", **{"Lao PDR": 5})}))
    assert "Lao PDR" in remembered("citizenship")


def test_a_place_is_not_remembered() -> None:
    judge(recorded({POINT: row(entry_point="Padang Besar", value=5)}))
    assert remembered("entry_point") == []


def test_what_was_not_understood_is_not_remembered() -> None:
    judge(recorded({LAST_EXIT: rows("last_exit", **{"Somebody by Name": 5, "stateless": 6})}))
    assert not {"Somebody by Name", "stateless"} & {*remembered("last_exit")}


def test_a_row_with_a_foreign_field_is_not_remembered() -> None:
    judge(recorded({LAST_EXIT: row(last_exit="MY", name="Somebody by Name", value=5)}))
    assert "Somebody by Name" not in remembered("last_exit")


def test_the_same_rows_of_another_state_are_judged_by_their_own_reporter() -> None:
    """Malaysia reports entries from Thailand, and then Thailand does."""
    answers = {LAST_EXIT: rows("last_exit", TH=5)}
    malaysia = recorded(answers, report={"reporter": "MY"}, sender={"role": "focal-point", "participant": "MY"})
    assert "country.own" not in codes(malaysia)
    assert "country.own" in codes(recorded(answers))


def test_a_table_with_the_columns_the_other_way_round_keeps_their_order_in_the_enriched_report() -> None:
    for row_ in ({"mode": "sea", "last_exit": "MY", "value": 5}, {"last_exit": "MY", "mode": "sea", "value": 5}):
        (told,) = judge(recorded({MODE_EXIT: {"rows": [row_]}})).report["answers"][MODE_EXIT]["rows"]
        assert [name for name in told if name in row_] == ["value", *(name for name in row_ if name != "value")]


def test_no_more_is_remembered_than_was_meant() -> None:
    names = Names(Reader(TEMPLATE, "TH", []), ("last_exit",))
    for blanks in range(MOST_REMEMBERED + 1):
        names[(("last_exit", blanks * " " + "MY"),)]
    assert 0 < len(names.remembered) <= MOST_REMEMBERED


def test_the_same_places_of_two_states_are_two() -> None:
    for state in ("TH", "MY"):
        event = recorded({POINT: row(entry_point="Padang Besar", value=5)}, report={"reporter": state})
        assert [named.codes for named in read(event).replies[POINT].named] == [(f"{state}:Padang Besar",)]


def codes(event: ReportRecorded) -> set[str]:
    return {finding.code for finding in judge(event).findings}
