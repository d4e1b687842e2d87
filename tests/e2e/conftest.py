"""The running system for the journeys. They share it, so each has years of its own; only 2013-H1 is the issue's."""

from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from tests.e2e.outside import Outside

STATES = ("TH", "KH", "ID", "MY", "PK", "AU", "NZ", "LK", "VN", "PH", "HN", "MX")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The pages' commands come last: the demonstration fills years that other journeys count in."""
    items.sort(key=lambda item: item.path.name == "test_readme.py")


@pytest.fixture(scope="session")
def system(live_stack: Stack) -> Iterator[Outside]:
    """The stack from outside, with some participants."""
    outside = Outside(live_stack)
    for code in STATES:
        outside.participant(code)
    yield outside
    outside.close()
