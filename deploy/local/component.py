"""What the stack has to know of a program to run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def nothing() -> None:
    """The preparation of a component that needs none."""


@dataclass(frozen=True)
class Component:
    """A program of the stack.

    `prepare` makes what its start needs (idempotent); `missing` says why it is not ready yet, or None;
    `grace` is how long it may take to end by itself before it is killed.
    """

    name: str
    command: tuple[str, ...]
    port: int
    missing: Callable[[], str | None]
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = nothing
    grace: float = 15.0
