"""The accepted report with what a reader needs beside it: names, regions, canonical routes, dollars. Pure.

The report keeps its shape; texts become codes, and fields are added under each row. ``countries`` at its end tells
more about each country that it names, once (a report is to fit into a message).
"""

from functools import lru_cache
from typing import Any

from contracts import geography
from services.validation.case import Case, Line, Price, Way
from services.validation.figures import FEES, corridors, whole_usd
from services.validation.members import SPECIALS, Member

Json = dict[str, Any]


def enriched(case: Case) -> Json:
    """The report of a case without a blocker, enriched."""
    report = case.report.to_json()
    report["reporter_name"] = case.context.participant_name
    for reply in case.replies.values():
        answer = report["answers"][reply.question.id]
        if reply.question.kind == "total" and reply.answer.value is not None:
            answer["value"] = int(reply.answer.value)
        for line in reply.lines:
            _row(answer["rows"][line.number], line)
        for way in reply.ways:
            _route(answer["routes"][way.index], way)
        for price in reply.prices:
            _fee(answer["fees"][price.index], price, case.report.cycle)
        if reply.choices:
            answer["names"] = [_name(one) for one in reply.choices]
    report["countries"] = {code: _facts(code) for code in _countries(case)}
    return report


def _row(row: Json, line: Line) -> None:
    for member in line.members:
        row[member.dimension.id] = _code(member)
    if line.figure is not None:
        row["value"] = line.figure
    row["name"] = " · ".join(_name(member) for member in line.members)
    named = [member for member in line.members if member.dimension.kind == "country"]
    if len(named) == 1:
        row |= _place_in_the_world(named[0].code)


def _route(row: Json, way: Way) -> None:
    row["citizenship"] = way.citizenship.code
    row["citizenship_name"] = _name(way.citizenship)
    for leg, member in zip(row["legs"], way.legs, strict=True):
        leg |= {"country": member.code, "name": _name(member), **_place_in_the_world(member.code)}
    codes = way.codes or ()
    row["route"] = ">".join(codes)
    row["name"] = " > ".join(_name(member) for member in way.legs)
    row["corridors"] = corridors(codes)
    row["way_of_travel"] = list(dict.fromkeys(_name(one) for one in way.other if one.dimension.id == "mode"))
    if way.route.persons is not None:
        row["persons"] = int(way.route.persons)


def _fee(row: Json, price: Price, cycle: str) -> None:
    row |= {"from": price.origin.code, "to": price.target.code}
    row |= {"from_name": _name(price.origin), "to_name": _name(price.target)}
    row["corridor"] = f"{price.origin.code}>{price.target.code}"
    row["name"] = f"{_name(price.origin)} > {_name(price.target)}"
    for one in price.other:
        if one.dimension.id == "citizenship":
            row |= {"citizenship": one.code, "citizenship_name": _name(one)}
    labels = {"way_of_travel": "mode", "method_names": "smuggling_method", "payment_names": "payment_method"}
    for field, dimension in labels.items():
        row[field] = [_name(one) for one in price.other if one.dimension.id == dimension]
    for indicator, name in FEES.items():
        # None says that no rate of the period is known, where an amount is given.
        if getattr(price.fee, name) is not None:
            row[indicator] = whole_usd(getattr(price.fee, name), price.fee.currency, cycle)


def _code(member: Member) -> str | None:
    """What a row holds in place of its text. A place keeps its name without the State's code before it."""
    code = member.code
    return code.partition(":")[2] if code is not None and member.dimension.kind == "place" else code


def _name(member: Member) -> str:
    match member.dimension.kind:
        case "country":
            return geography.name(member.code or "unknown")
        case "code":
            return member.dimension.labels.get(member.text, member.text)
        case "place":
            return _code(member) or member.text


@lru_cache(maxsize=512)  # the countries there are; callers copy what they get
def _place_in_the_world(code: str | None) -> Json:
    """Region by name and Bali Process membership; nothing for "unknown" and its like."""
    if code is None or code in SPECIALS:
        return {}
    country = geography.country(code)
    region = country.intermediate or country.subregion or country.region
    return {"region": geography.region(region).name if region else None, "bali_process": country.bali_process}


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
    named = {member.code for member in case.members if member.dimension.kind == "country"}
    return sorted(code for code in named if code is not None and code not in SPECIALS)
