"""A State that has sent thousands of returns with a thousand findings each costs its pages no more than their lines."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.gateway.portal.centre import review
from services.gateway.portal.submitted import MOST_SHOWN
from services.gateway.store import SUBMISSION_HEAD
from tests.unit.portal.conftest import NOW, Visit, World

RETURN = "/returns/2013-H1/TH"


def submission(number: int, state: str = "superseded", agency: str | None = None, **more: Any) -> dict[str, Any]:
    finding = {"code": "parts.above_total", "severity": "explain", "pointer": "/x", "message": "Too much."}
    return {
        "_id": f"{number:08}-0000-5000-8000-{agency or 'TH':>12}",
        "kind": "report",
        "participant": "TH",
        "cycle": "2013-H1",
        "agency": agency,
        "state": state,
        "revision": number,
        "received_at": NOW - timedelta(days=10) + timedelta(minutes=number),
        "findings": [finding] * 3,
        "timeline": [],
        **more,
    }


def revision(number: int, state: str) -> dict[str, Any]:
    return {
        "series": "TH|2013-H1", "participant": "TH", "cycle": "2013-H1", "agency": None, "revision": number,
        "judgement": 1, "submission_id": f"s{number}", "kind": "report", "state": state, "recorded_at": NOW,
        "report": {"answers": {"illegal_entries.total": {"value": number}}}, "figures": [], "findings": [],
        "explanations": [],
    }  # fmt: skip


@pytest.fixture
def heads_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of whole submissions is not to be had."""

    async def refused(*_: Any) -> Sequence[dict[str, Any]]:
        raise AssertionError("whole submissions were read")

    monkeypatch.setattr(world.reads, "submissions", refused)


@pytest.mark.usefixtures("heads_alone")
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("focal-point:TH", "/"),
        ("focal-point:TH", "/returns"),
        ("focal-point:TH", RETURN),
        ("agency:TH:TH-IMM", "/"),
        ("agency:TH:TH-IMM", "/returns"),
        ("analyst:TH", "/returns"),
    ],
)
async def test_a_page_of_ones_returns_reads_no_findings(visitor: Visit, world: World, who: str, path: str) -> None:
    one = await visitor(who)
    world.reads.add("submissions", submission(1), submission(2, agency="TH-IMM"))
    assert (await one.get(path)).status_code == 200


async def test_a_submission_in_a_list_is_without_findings(world: World) -> None:
    world.reads.add("submissions", submission(1))
    where = {"participant": "TH"}
    for found in (await world.reads.submission_heads(where, 9), await world.reads.newest_submissions(where)):
        assert [set(one) for one in found] == [{"_id", *SUBMISSION_HEAD}]


async def test_the_newest_of_each_line_stands_in_the_list_however_much_was_sent_for_another(
    visitor: Visit, world: World
) -> None:
    world.reads.add("submissions", submission(1, "needs_explanation"))
    world.reads.add("submissions", *(submission(number, agency="TH-IMM") for number in range(2, 2_500)))
    world.reads.add("submissions", submission(2_500, "rejected", agency="TH-IMM"))
    assert "Needs explanation" in (await (await visitor("focal-point:TH")).get("/")).text
    agency = (await (await visitor("agency:TH:TH-IMM")).get("/")).text
    assert "Rejected" in agency
    assert "Needs explanation" not in agency


async def test_a_return_shows_the_newest_that_was_sent_and_says_that_there_is_more(
    visitor: Visit, world: World
) -> None:
    one = await visitor("focal-point:TH")
    said = f"Only the newest {MOST_SHOWN} are listed."
    world.reads.add("submissions", *(submission(number) for number in range(1, MOST_SHOWN + 1)))
    text = (await one.get(RETURN)).text
    assert (text.count('href="/submissions/'), said in text) == (MOST_SHOWN, False)
    world.reads.add("submissions", submission(MOST_SHOWN + 1, "accepted"), submission(9_999, agency="TH-IMM"))
    text = (await one.get(RETURN)).text
    assert (text.count('href="/submissions/'), said in text) == (MOST_SHOWN, True)
    assert submission(MOST_SHOWN + 1)["_id"].strip() in text
    assert submission(9_999, agency="TH-IMM")["_id"] not in text


async def test_a_list_that_ends_before_its_end_says_so(
    visitor: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "of a list on it, only the first 2 lines are here"
    monkeypatch.setattr("services.gateway.portal.page.MOST_IN_ALL", 2)
    one = await visitor("centre")
    assert "Malaysia" in (await one.get("/participants")).text
    assert said in (await one.get("/participants")).text
    assert said not in (await one.get("/cycles")).text


@pytest.mark.parametrize(("who", "path"), [("centre", "/cycles/2013-H1/returns/TH"), ("focal-point:TH", "/")])
async def test_a_line_of_many_revisions_is_read_as_often_as_a_short_one(
    visitor: Visit, world: World, monkeypatch: pytest.MonkeyPatch, who: str, path: str
) -> None:
    one, read = await visitor(who), list[dict[str, Any]]()
    revisions = world.reads.revisions

    async def counted(**where: str | None) -> list[dict[str, Any]]:
        read.append(where)
        return await revisions(**where)

    monkeypatch.setattr(world.reads, "revisions", counted)
    world.reads.add("reports", revision(1, "accepted"))
    assert (await one.get(path)).status_code == 200
    of_one = len(read)
    assert of_one
    world.reads.add("reports", *(revision(number, "accepted") for number in range(2, 602)))
    assert (await one.get(path)).status_code == 200
    assert len(read) - of_one == of_one


async def test_a_review_shows_the_newest_revisions_and_any_earlier_one_by_its_number(
    visitor: Visit, world: World
) -> None:
    most = review.MOST_SHOWN
    world.reads.add("reports", *(revision(number, "accepted") for number in range(1, most + 2)))
    one = await visitor("centre")
    path = "/cycles/2013-H1/returns/TH"
    text = (await one.get(path)).text
    assert f"Revision {most + 1}" in text
    assert 'revision=1"' not in text
    assert f"Only the newest {most} are listed." in text
    assert "not in force" in (await one.get(path, revision="1")).text
