"""The same figure from several agencies of one State, in a joined return: the focal point decides, nobody guesses."""

from collections.abc import Iterator

from services.validation.case import Case
from services.validation.rules.found import Found, found, number


def agencies_overlap(case: Case) -> Iterator[Found]:
    for overlap in case.context.overlaps:
        given = sorted(overlap.values.items())
        said = ", ".join(f"{agency} {'no figure' if value is None else number(value)}" for agency, value in given)
        differ = len({value for _, value in given}) > 1
        yield found("overlap.differs" if differ else "overlap.agrees", overlap.pointer, overlap.question, values=said)
