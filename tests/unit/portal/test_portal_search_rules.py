"""What is pure in search: the state in the address, members, files, maps, changes."""

import itertools
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import geography
from contracts import template as templates
from services.gateway.dimensions import NotAMember, known
from services.gateway.portal.search import basis, catalogue, downloads
from services.gateway.portal.search.asking import SORTS, Search, parts, read
from services.gateway.portal.search.change import Change, change
from services.gateway.portal.search.finding import Figure
from services.gateway.portal.search.labels import labels
from services.gateway.portal.search.maps import round_figures
from services.gateway.portal.search.members import wanted
from services.gateway.portal.search.places import frame, places, way
from services.gateway.portal.settings import PortalSettings

TEMPLATE = templates.load()
PAIRS = [(indicator, dimension) for indicator, asked in catalogue.tables().items() for dimension in asked]


def test_every_table_that_is_offered_is_one_that_aggregates_know() -> None:
    dimensions = known(TEMPLATE)
    assert all(dimension in dimensions for _, dimension in PAIRS)
    assert ("illegal_entries", "mode_and_last_exit") in PAIRS
    assert ("other_crime_areas", "crime_area") in PAIRS
    assert ("fee_typical_usd", "corridor") in PAIRS
    for indicator, dimension in PAIRS:
        assert catalogue.title(TEMPLATE, indicator)
        assert catalogue.labels(TEMPLATE, dimension)


@given(
    st.sampled_from(PAIRS), st.text(max_size=20), st.sampled_from(SORTS), st.sampled_from(["", "2012", "2012..2013-H1"])
)
def test_the_address_of_a_search_is_read_back_as_that_search(
    pair: tuple[str, str], member: str, sort: str, period: str
) -> None:
    first, _, last = period.partition("..")
    one = Search(*pair, member=member.strip(), first=first, last=last, sort=sort)  # type: ignore[arg-type]
    found, wrong = read(dict(parse_qsl(one.query())))
    assert found == one
    assert not wrong


@given(
    st.dictionaries(st.sampled_from(["indicator", "by", "member", "from", "to", "period", "sort", "view"]), st.text())
)
def test_no_address_breaks_the_reading(query: dict[str, str]) -> None:
    found, _ = read(query)
    assert (found.indicator, found.dimension) in PAIRS


def test_a_click_on_a_column_sorts_by_it_and_a_second_one_the_other_way() -> None:
    one = Search()
    assert one.order("value") == "descending"
    assert "sort=value" in one.sorted_by("value")
    named = read(dict(parse_qsl(one.sorted_by("name"))))[0]
    assert (named.sort, named.order("name"), named.order("value")) == ("name", "ascending", "none")
    assert "sort=-name" in named.sorted_by("name")


def test_a_span_has_a_column_for_each_of_its_parts() -> None:
    assert [str(one) for one in parts(Search(first="2009", last="2013"))] == ["2009", "2010", "2011", "2012", "2013"]
    assert [str(one) for one in parts(Search(first="2012", last="2013-H1"))] == ["2012", "2013-H1"]
    assert [str(one) for one in parts(Search(first="2013"))] == ["2013-H1", "2013-H2"]
    assert [str(one) for one in parts(Search(first="2013-Q2"))] == ["2013-Q2"]


def test_a_text_means_a_country_a_country_on_the_way_or_a_part_of_a_name() -> None:
    country = wanted(TEMPLATE, "citizenship", "Viêt Nam")
    assert not isinstance(country, NotAMember)
    assert country.exact == "VN"
    on_the_way = wanted(TEMPLATE, "route", "Pakistan")
    assert not isinstance(on_the_way, NotAMember)
    assert on_the_way.exact is None
    assert on_the_way.keeps("AF>PK>MY", "")
    assert not on_the_way.keeps("AF>IR>TR", "")
    place = wanted(TEMPLATE, "entry_point", "besar")
    assert not isinstance(place, NotAMember)
    assert place.keeps("TH:Padang Besar", "Padang Besar, Thailand")
    assert isinstance(wanted(TEMPLATE, "citizenship", "Atlantis"), NotAMember)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1"])
def test_no_text_in_a_file_is_a_formula(text: str) -> None:
    assert str(downloads.harmless(text)).startswith("'")
    assert b"'" + text.encode() in downloads.as_csv(downloads.Table("t", ["h"], [[text]]))


def test_numbers_and_usual_names_are_written_as_they_are() -> None:
    assert downloads.harmless(-5) == -5
    assert downloads.harmless("Côte d’Ivoire") == "Côte d’Ivoire"


@given(st.lists(st.sampled_from(sorted(places())), min_size=1, max_size=12, unique=True))
def test_every_country_of_a_map_lies_within_it(codes: list[str]) -> None:
    around = frame([places()[code] for code in codes], 900, 468)
    _, middle = around.flat((around.longitude, around.latitude))
    for code in codes:
        x, y = around.flat(places()[code])
        assert abs(x * around.scale) <= 450
        # A world that is wider than high is shown whole in its width, and may lose the far north.
        assert abs((y - middle) * around.scale) <= 468 or around.scale * 6.3 < 1100


def test_routes_over_the_pacific_stay_in_one_piece() -> None:
    around = frame([places()["FJ"], places()["TO"], places()["NZ"]], 900, 468)
    there = way(places()["FJ"], places()["TO"], around)
    flat = [around.flat(point)[0] for point in there.points]
    assert max(abs(b - a) for a, b in itertools.pairwise(flat)) < 0.1


@pytest.mark.parametrize(
    ("top", "shown"),
    [
        (1, [1]),
        (3, [1, 2, 3]),
        (5, [1, 3, 5]),
        (9, [1, 5]),
        (10, [2, 10]),
        (340, [10, 50, 200]),
        (10_453, [500, 2_000, 10_000]),
    ],
)
def test_a_scale_is_read_by_round_figures_up_to_the_largest(top: int, shown: list[int]) -> None:
    assert round_figures(top) == shown


def test_there_and_back_are_two_lines() -> None:
    around = frame([places()["TH"], places()["MY"]], 900, 468)
    there, back = way(places()["TH"], places()["MY"], around), way(places()["MY"], places()["TH"], around)
    assert there.points[12] != back.points[12]


@given(st.lists(st.sampled_from(sorted(places())), max_size=40, unique=True))
def test_no_name_on_a_map_lies_over_another(codes: list[str]) -> None:
    around = frame([places()[code] for code in codes], 900, 468)
    found = labels([(geography.name(code), places()[code]) for code in codes], around, 900, 468)
    assert len({one.name for one in found}) == len(found)
    flat = [(one, around.flat(one.place)) for one in found]
    for number, (one, (x, y)) in enumerate(flat):
        for other, (ox, oy) in flat[:number]:
            apart = abs(x - ox) * around.scale >= (len(one.name) + len(other.name)) * 7.4 / 2 - 2
            assert apart or abs(y - oy) * around.scale >= 13


def test_a_change_needs_two_figures_and_says_when_other_states_stand_behind_them() -> None:
    before = Figure(50, ("MY",), True)
    assert change(Figure(75, ("MY",), True), before) == Change(25, 50, True)
    assert change(Figure(75, ("MY", "TH"), True), before) == Change(25, 50, False)
    assert change(Figure(75, ("MY",), False), before) == Change(25, 50, False)
    assert change(Figure(5, ("MY",), True), Figure(0, ("MY",), True)) == Change(5, None, True)
    assert change(None, before) is None
    assert change(before, None) is None


def test_the_disclaimer_of_maps_that_is_translated_is_the_one_of_the_settings() -> None:
    assert PortalSettings().portal_map_disclaimer == basis.DISCLAIMER
