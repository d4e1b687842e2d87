"""Is a route one? Source: the route editor of the screens (rows of country and type: origin, transit, destination)."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from contracts import geography
from services.validation.case import Case, Way
from services.validation.rules.found import Found, found, number


def route_is_too_short(case: Case) -> Iterator[Found]:
    for way, question in _ways(case):
        if len(way.legs) < 2:
            yield found("route.too_short", way.pointer, question)


def route_has_not_one_origin_at_its_start(case: Case) -> Iterator[Found]:
    for way, question in _ways(case):
        for i, leg in enumerate(way.route.legs):
            if (leg.type == "origin") != (i == 0) and (i > 0 or leg.type in ("transit", "destination")):
                yield found("route.origin", f"{way.pointer}/legs/{i}/type", question)


def route_goes_on_after_its_destination(case: Case) -> Iterator[Found]:
    for way, question in _ways(case):
        for i, leg in enumerate(way.route.legs[1:-1], start=1):
            if leg.type == "destination":
                yield found("route.destination", f"{way.pointer}/legs/{i}/type", question)


def route_stays_in_a_country(case: Case) -> Iterator[Found]:
    for way, question in _ways(case):
        for i, (one, following) in enumerate(pairwise(way.legs), start=1):
            if one.code is not None and one.code == following.code:
                name = geography.name(one.code)
                yield found("route.repeated_country", f"{way.pointer}/legs/{i}/country", question, found=name)


def route_begins_elsewhere_than_its_migrants(case: Case) -> Iterator[Found]:
    """Possible (refugees who set out from where they lived), but most often the first leg was forgotten."""
    for way, question in _ways(case):
        citizenship = way.citizenship.code
        origin = way.legs[0].code if way.legs and way.route.legs[0].type == "origin" else None
        if (
            origin is None
            or citizenship is None
            or origin == citizenship
            or citizenship in way.citizenship.dimension.special
        ):
            continue
        names = {"origin": geography.name(origin), "citizenship": geography.name(citizenship)}
        yield found("route.origin_not_citizenship", way.pointer, question, **names)


def shares_sum_to_more_than_all(case: Case) -> Iterator[Found]:
    """Shares are of one group of migrants. Rounding may add up to half a per cent a route, hence the one of room."""
    shares: dict[str, list[tuple[Way, str, float]]] = defaultdict(list)
    for way, question in _ways(case):
        if way.citizenship.code is not None and way.route.share is not None:
            shares[way.citizenship.code].append((way, question, way.route.share))
    for citizenship, ways in shares.items():
        total = sum(share for _, _, share in ways)
        if total > 101:
            last, question, _ = ways[-1]
            said = {"found": geography.name(citizenship), "sum": number(round(total, 1))}
            yield found("route.shares_above_100", last.pointer, question, **said)


def _ways(case: Case) -> Iterator[tuple[Way, str]]:
    for reply in case.replies.values():
        for way in reply.ways:
            yield way, reply.question.id
