"""A short part of the fuzz runs; the long ones are ``make fuzz`` (docs/fuzz.md)."""

import pytest

from tests.fuzz import parts
from tests.fuzz.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
EACH = 3
"""Calls that schemathesis makes of every operation as every role, besides two good ones."""


def test_every_operation_answers_every_role_as_documented(world: World) -> None:
    assert parts.api(world, 400, EACH, 1).cases >= 400


def test_no_form_of_the_portal_makes_it_fail(world: World) -> None:
    answers = parts.portal(world, 80, 1)
    assert answers.total() >= 160


def test_garbage_on_every_topic_stops_nothing_and_loses_no_good_return(world: World) -> None:
    survived = parts.topics(world.outside, 4_000, 2, 1, 200)
    assert survived.good == 4
    assert survived.reasons
    # Strangers' letters lie among those of the services; operations still read what these have set aside.
    assert "not_a_cloudevent" in world.outside.vrs("deadletters", "list", "--topic", "vrs.submissions")
