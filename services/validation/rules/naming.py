"""Does every row name its members, each once and in words that are understood? Source: the template's dimensions."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from contracts import geography
from contracts.geography import Ambiguous, Unknown
from contracts.template import Dimension
from services.validation.case import Case, Line
from services.validation.members import LONGEST_PLACE, Member, NotAllowed
from services.validation.rules.found import Found, found, shown

T = TypeVar("T")


def dimension_is_missing(case: Case) -> Iterator[Found]:
    for reply in case.replies.values():
        wanted = reply.question.dimensions
        for line in reply.lines:
            if len(line.members) < len(wanted):
                for one in wanted:
                    if one not in line.row.members:
                        yield found("dimension.missing", line.pointer, reply.question.id, dimension=one)


def dimension_is_foreign(case: Case) -> Iterator[Found]:
    for reply in case.replies.values():
        takes = f"this question takes {' and '.join(reply.question.dimensions)}"
        for line in reply.lines:
            given = line.row.members
            if len(given) > len(line.members):
                for one in given:
                    if one not in reply.question.dimensions:
                        at = f"{line.pointer}/{one}"
                        yield found("dimension.unknown", at, reply.question.id, suggestion=takes, found=shown(one))


def code_is_unknown(case: Case) -> Iterator[Found]:
    for member in case.members:
        if member.dimension.kind == "code" and isinstance(member.means, Unknown):
            codes = f"one of {', '.join(member.dimension.codes)}"
            yield _unclear("code.unknown", member, codes, dimension=member.dimension.label)


def country_is_unknown(case: Case) -> Iterator[Found]:
    for member in case.members:
        if member.dimension.kind == "country" and isinstance(member.means, Unknown):
            yield _unclear("country.unknown", member, _countries(member.means.suggestions))
        elif isinstance(member.means, NotAllowed):
            yield _unclear("country.special_not_allowed", member, None, dimension=_label(member.dimension))


def country_is_ambiguous(case: Case) -> Iterator[Found]:
    for member in case.members:
        if isinstance(member.means, Ambiguous):
            yield _unclear("country.ambiguous", member, _countries(member.means.candidates))


def place_is_unusable(case: Case) -> Iterator[Found]:
    for member in case.members:
        if member.dimension.kind == "place" and isinstance(member.means, Unknown):
            yield found("place.unusable", member.pointer, member.question.id, longest=LONGEST_PLACE)


def member_stands_twice(case: Case) -> Iterator[Found]:
    """After reading, so that "Lao PDR" and "LA" are one. Also a code chosen twice, and a route of the same journey."""
    for reply in case.replies.values():
        lines = ((line.codes, line) for line in reply.lines)
        for line, first in _again(lines):
            yield found("row.duplicate", line.pointer, reply.question.id, found=_named(line), first=first.number + 1)
        chosen = ((member.code, (i, member)) for i, member in enumerate(reply.choices))
        for (_, member), (first_index, _) in _again(chosen):
            yield found("row.duplicate", member.pointer, reply.question.id, found=member.text, first=first_index + 1)
        ways = ((way.codes and (way.citizenship.code, way.codes, _modes(way.other)), way) for way in reply.ways)
        for way, one in _again(ways):
            citizenship = geography.name(way.citizenship.code) if way.citizenship.code else "migrants"
            yield found("route.duplicate", way.pointer, reply.question.id, found=citizenship, first=one.index + 1)


def own_country(case: Case) -> Iterator[Found]:
    """Nobody enters a State from that State or leaves it for that State: most often the columns are mixed up."""
    for member in case.members:
        if member.dimension.id in ("last_exit", "next_destination") and member.code == case.report.reporter:
            name, label = geography.name(member.code), _label(member.dimension)
            yield found("country.own", member.pointer, member.question.id, country=name, dimension=label)


def place_is_new(case: Case) -> Iterator[Found]:
    """Only where the State has named places before; the first list is new as a whole. Each new place once."""
    known = set(case.context.places)
    for member in case.members if known else ():
        if member.dimension.kind == "place" and member.code is not None and member.code not in known:
            known.add(member.code)
            yield found("place.new", member.pointer, member.question.id, found=shown(member.text))


def _again(keyed: Iterable[tuple[Hashable, T]]) -> Iterator[tuple[T, T]]:
    """Each thing whose key was there before, with the first of that key. A key of None is not known: left out."""
    seen: dict[Hashable, T] = {}
    for key, one in keyed:
        if key is not None and (first := seen.setdefault(key, one)) is not one:
            yield one, first


def _unclear(code: str, member: Member, suggestion: str | None, dimension: str = "") -> Found:
    return found(
        code, member.pointer, member.question.id, suggestion=suggestion, found=shown(member.text), dimension=dimension
    )


def _label(dimension: Dimension) -> str:
    return dimension.label[:1].lower() + dimension.label[1:]


def _countries(codes: Iterable[str]) -> str | None:
    return " or ".join(f"{geography.name(code)} ({code})" for code in codes) or None


def _named(line: Line) -> str:
    return ", ".join(shown(member.text) for member in line.members)


def _modes(members: Iterable[Member]) -> tuple[str, ...]:
    return tuple(f"{m.pointer.rsplit('/', 2)[1]}:{m.text}" for m in members if m.dimension.id == "mode")
