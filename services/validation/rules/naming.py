"""Does every row name its members, each once and in words that are understood? Source: the template's dimensions."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from contracts import geography
from contracts.geography import Ambiguous, Unknown
from contracts.template import Dimension
from services.validation.case import Case, Line, Way
from services.validation.members import LONGEST_PLACE, Mention, NotAllowed
from services.validation.rules.found import Found, found, shown


def dimension_is_missing(case: Case) -> Iterator[Found]:
    for reply in case.replies.values():
        for line in reply.odd:
            for one in reply.question.dimensions:
                if one not in line.row.members:
                    yield found("dimension.missing", line.pointer, reply.question.id, dimension=one)


def dimension_is_foreign(case: Case) -> Iterator[Found]:
    for reply in case.replies.values():
        takes = f"this question takes {' and '.join(reply.question.dimensions)}"
        for line in reply.odd:
            for one in line.row.members:
                if one not in reply.question.dimensions:
                    at = f"{line.pointer}/{one}"
                    yield found("dimension.unknown", at, reply.question.id, suggestion=takes, found=shown(one))


def code_is_unknown(case: Case) -> Iterator[Found]:
    for one in case.unclear:
        dimension = one.member.dimension
        if dimension.kind == "code":
            yield _unclear("code.unknown", one, f"one of {', '.join(dimension.codes)}", dimension=dimension.label)


def country_is_unknown(case: Case) -> Iterator[Found]:
    for one in case.unclear:
        dimension, means = one.member.dimension, one.member.means
        if dimension.kind == "country" and isinstance(means, Unknown):
            yield _unclear("country.unknown", one, _countries(means.suggestions))
        elif isinstance(means, NotAllowed):
            yield _unclear("country.special_not_allowed", one, None, dimension=_label(dimension))


def country_is_ambiguous(case: Case) -> Iterator[Found]:
    for one in case.unclear:
        if isinstance(one.member.means, Ambiguous):
            yield _unclear("country.ambiguous", one, _countries(one.member.means.candidates))


def place_is_unusable(case: Case) -> Iterator[Found]:
    for one in case.unclear:
        if one.member.dimension.kind == "place":
            yield found("place.unusable", one.pointer, one.question.id, longest=LONGEST_PLACE)


def member_stands_twice(case: Case) -> Iterator[Found]:
    """After reading, so that "Lao PDR" and "LA" are one. Also a code chosen twice, and a route of the same journey."""
    for reply in case.replies.values():
        for i, first in _again([named.key or None for named in reply.named]):
            line = reply.line(i)
            yield found("row.duplicate", line.pointer, reply.question.id, found=_named(line), first=first + 1)
        for i, first in _again([member.code for member in reply.choices]):
            at, text = f"{reply.pointer}/choices/{i}", reply.choices[i].text
            yield found("row.duplicate", at, reply.question.id, found=text, first=first + 1)
        for i, first in _again([way.codes and (way.citizenship.code, way.codes, _modes(way)) for way in reply.ways]):
            at, citizenship = reply.ways[i].pointer, reply.ways[i].citizenship.code
            name = geography.name(citizenship) if citizenship else "migrants"
            yield found("route.duplicate", at, reply.question.id, found=name, first=first + 1)


def own_country(case: Case) -> Iterator[Found]:
    """Nobody enters a State from that State or leaves it for that State: most often the columns are mixed up."""
    own = case.report.reporter
    for reply in case.replies.values():
        if not {"last_exit", "next_destination"}.isdisjoint(reply.question.dimensions):
            lines = [reply.line(i) for i, named in enumerate(reply.named) if own in named.countries]
            for one in reply.mentions(lines):
                dimension = one.member.dimension
                if dimension.id in ("last_exit", "next_destination") and one.member.code == own:
                    said = {"country": geography.name(own), "dimension": _label(dimension)}
                    yield found("country.own", one.pointer, one.question.id, **said)


def place_is_new(case: Case) -> Iterator[Found]:
    """Only where the State has named places before; the first list is new as a whole. Each new place once."""
    known = set(case.context.places)
    for reply in case.replies.values() if known else ():
        for number, named in enumerate(reply.named):
            for member in named.members:
                if member.dimension.kind == "place" and member.code is not None and member.code not in known:
                    known.add(member.code)
                    at = f"{reply.line(number).pointer}/{member.dimension.id}"
                    yield found("place.new", at, reply.question.id, found=shown(member.text))


def _again(keys: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """Each place whose key was there before, with the first place of that key. A key of None is not known: left out."""
    if len(set(keys)) == len(keys):
        return
    seen: dict[Hashable, int] = {}
    for i, key in enumerate(keys):
        if key is not None and (first := seen.setdefault(key, i)) != i:
            yield i, first


def _unclear(code: str, one: Mention, suggestion: str | None, dimension: str = "") -> Found:
    said = {"found": shown(one.member.text), "dimension": dimension}
    return found(code, one.pointer, one.question.id, suggestion=suggestion, **said)


def _label(dimension: Dimension) -> str:
    return dimension.label[:1].lower() + dimension.label[1:]


def _countries(codes: Iterable[str]) -> str | None:
    return " or ".join(f"{geography.name(code)} ({code})" for code in codes) or None


def _named(line: Line) -> str:
    return ", ".join(shown(member.text) for member in line.named.members)


def _modes(way: Way) -> tuple[tuple[int, str], ...]:
    return tuple((leg, mode.text) for leg, mode in way.modes.items())
