"""The accepted report with what a reader needs beside it: names, regions, canonical routes, dollars. Pure.

The report keeps its shape; texts become codes, and fields are added under each row. ``countries`` at its end tells
more about each country that it names, once (a report is to fit into a message).
"""

from functools import lru_cache
from itertools import chain
from typing import Any

from contracts import geography
from contracts.report import Answer
from services.validation.case import Case, Price, Reply, Way
from services.validation.named import countries_of, place_in_the_world

Json = dict[str, Any]
_ANSWER = tuple(Answer.model_fields)


def enriched(case: Case) -> Json:
    """The report of a case without a blocker, enriched."""
    breakdowns = [reply for reply in case.replies.values() if reply.named]
    report = case.without_rows()
    report["reporter_name"] = case.context.participant_name
    for reply in breakdowns:
        said = {**report["answers"][reply.question.id], "rows": _rows(reply)}
        report["answers"][reply.question.id] = {field: said[field] for field in _ANSWER if field in said}
    for reply in case.replies.values():
        answer = report["answers"][reply.question.id]
        if reply.question.kind == "total" and reply.answer.value is not None:
            answer["value"] = int(reply.answer.value)
        for way in reply.ways:
            _route(answer["routes"][way.index], way)
        for price in reply.prices:
            _fee(answer["fees"][price.index], price)
        if reply.choices:
            answer["names"] = [one.name for one in reply.choices]
    report["countries"] = {code: _facts(code) for code in _countries(case)}
    return report


def _rows(reply: Reply) -> list[Json]:
    rows: list[Json] = [
        {"value": figure, **named.told} for figure, named in zip(reply.figures, reply.named, strict=True)
    ]
    for line in reply.odd:
        said = line.row.model_dump(mode="json", exclude_unset=True)
        if line.figure is not None:
            said["value"] = line.figure
        rows[line.number] = said | line.named.told
    return rows


def _route(row: Json, way: Way) -> None:
    row["citizenship"] = way.citizenship.code
    row["citizenship_name"] = way.citizenship.name
    for leg, member in zip(row["legs"], way.legs, strict=True):
        leg["country"], leg["name"] = member.code, member.name
        leg |= place_in_the_world(member.code)
    row["route"] = ">".join(way.codes or ())
    row["name"] = " > ".join([member.name for member in way.legs])
    row["corridors"] = way.corridors
    row["way_of_travel"] = list(dict.fromkeys([mode.name for mode in way.modes.values()]))
    if way.route.persons is not None:
        row["persons"] = int(way.route.persons)


def _fee(row: Json, price: Price) -> None:
    row |= {"from": price.origin.code, "to": price.target.code}
    row |= {"from_name": price.origin.name, "to_name": price.target.name}
    row["corridor"] = price.corridor
    row["name"] = f"{price.origin.name} > {price.target.name}"
    if price.citizenship is not None:
        row |= {"citizenship": price.citizenship.code, "citizenship_name": price.citizenship.name}
    row["way_of_travel"] = [] if price.mode is None else [price.mode.name]
    row["method_names"] = [one.name for one in price.methods]
    row["payment_names"] = [one.name for one in price.payment]
    row |= price.dollars


@lru_cache(maxsize=512)  # the countries there are; reports share what is given, and nobody writes into it
def _facts(code: str) -> Json:
    country = geography.country(code)
    levels = ("region", "subregion", "intermediate")
    codes = {level: getattr(country, level) for level in levels}
    return {
        "name": country.name,
        "alpha3": country.alpha3,
        "bali_process": country.bali_process,
        "project_country": country.project_country,
        "regions": [{"code": one, "name": geography.region(one).name} for one in codes.values() if one],
    }


def _countries(case: Case) -> list[str]:
    apart = (member for reply in case.replies.values() for member in reply.members())
    return sorted({*countries_of(apart), *chain.from_iterable([named.countries for named in case.named])})
