"""A finding: what is wrong or remarkable at one place of a report, in words its sender can act on."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Severity = Literal["blocker", "explain", "warning"]
"""A *blocker* rejects, *explain* waits for a comment at that figure or answer, a *warning* goes along."""


class Finding(BaseModel):
    """One finding. ``pointer`` is an RFC 6901 JSON pointer into the report, ``question`` the question's id."""

    # Within events: a reader passes over what a later writer has added.
    model_config = ConfigDict(extra="ignore", frozen=True)

    code: str
    severity: Severity
    pointer: str = ""
    question: str | None = None
    message: str
    suggestion: str | None = None


class FindingKind(BaseModel):
    """A line of the registry: everything there is to say about one code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    severity: Severity
    sentence: str
    """The message, with {placeholders} for what was found."""
    example: str
    """One sentence on what a report looks like that earns it."""

    def at(
        self, pointer: str = "", question: str | None = None, suggestion: str | None = None, **found: object
    ) -> Finding:
        """The finding of this kind at one place."""
        return Finding(
            code=self.code,
            severity=self.severity,
            pointer=pointer,
            question=question,
            message=self.sentence.format(**found),
            suggestion=suggestion,
        )


def pointer(*tokens: str | int) -> str:
    """An RFC 6901 pointer from its reference tokens."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)
