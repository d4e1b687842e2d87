"""More cycles than the interface gives at once: no page leaves one out."""

import re
from datetime import date

import pytest

from contracts.records import Cycle
from services.gateway.portal.returns.pages import CYCLES_SHOWN
from tests.unit.portal.conftest import NOW, Visit, World

YEARS = [str(2014 + n) for n in range(205)]
"""Five more than the interface gives on a page."""
EARLIER = re.compile(r'href="(/(?:desk|cycles|returns)\?before=[^"]+)"')


@pytest.fixture(autouse=True)
def many(world: World) -> None:
    """A cycle for each year, 206 with the one that there is."""
    for year in YEARS:
        days = {"opens": date(int(year), 1, 1), "due": date(int(year), 3, 1), "closes": date(int(year), 6, 1)}
        world.view.directory.put(Cycle.model_validate({"id": year, **days, "expected": ["TH"]}))


@pytest.mark.parametrize(("who", "path"), [("focal-point:TH", "/desk"), ("centre", "/cycles"), ("operator", "/cycles")])
async def test_the_newest_cycle_comes_first_and_the_way_back_passes_all(visitor: Visit, who: str, path: str) -> None:
    one, found = await visitor(who), list[str]()
    addresses = [path]
    for address in addresses:
        text = (await one.get(address)).text
        found += re.findall(rf'<th scope="row"[^>]*><a class="govuk-link" href="{path}/([^"/]+)"', text)
        addresses += EARLIER.findall(text)
    assert found == [*reversed(YEARS), "2013-H1"]


async def test_the_dashboard_of_the_centre_shows_the_newest_ones(visitor: Visit) -> None:
    assert f'href="/cycles/{YEARS[-1]}"' in (await (await visitor("centre")).get("/")).text


async def test_the_list_of_returns_leads_to_every_cycle_and_all_that_was_sent(visitor: Visit, world: World) -> None:
    """Some at a time: each line asks for a draft, and each agency has one too."""
    for place, year in enumerate(YEARS):
        world.reads.add("submissions", {"_id": f"{place:08}-0000-5000-8000-000000000000", "kind": "report",
                        "participant": "TH", "cycle": year, "agency": None, "state": "accepted", "revision": 1,
                        "received_at": NOW, "findings": [], "timeline": []})  # fmt: skip
    one, found, accepted = await visitor("focal-point:TH"), list[str](), 0
    addresses = ["/returns"]
    for address in addresses:
        text = (await one.get(address)).text
        shown = re.findall(r'href="/returns/([^"/]+)/TH"', text)
        assert len(shown) <= CYCLES_SHOWN
        found += shown
        accepted += text.count("Accepted")
        addresses += EARLIER.findall(text)
    assert found == [*reversed(YEARS), "2013-H1"]
    assert accepted == len(YEARS)
    assert "The newest cycles" in text
