"""What holds for every page: headers, weight, errors in the frame, static files, and who reaches which menu."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute, APIRouter

from services.gateway.api import cycles
from services.gateway.portal.asking import ask, routes
from services.gateway.portal.beside import MACHINES
from services.gateway.portal.filters import Filters
from services.gateway.portal.headers import POLICY
from services.gateway.portal.page_set import PageSet
from services.gateway.portal.sets import SETS
from services.gateway.problems import Problem
from services.gateway.subject import Subject
from tests.unit.portal.conftest import Visit, World

TEMPLATES = sorted((Path(__file__).parents[3] / "services/gateway/portal").glob("*/templates/**/*.html"))
ROLES = ("centre", "focal-point:TH", "agency:TH:TH-IMM", "analyst:TH", "operator")


def test_the_policy_allows_no_inline_code_and_no_other_origin() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "default-src 'none'" in POLICY


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing", "/static/portal.css", "/static/nothing.css"])
async def test_every_answer_has_the_headers(visitor: Visit, path: str) -> None:
    answer = await (await visitor("centre")).get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: f"{one.parents[1].name}/{one.name}")
def test_a_template_has_no_inline_code_and_asks_nowhere_else(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|javascript:|\"js:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text)
    assert "| safe" not in text
    assert "|safe" not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: f"{one.parents[1].name}/{one.name}")
def test_every_form_that_posts_holds_its_token(template: Path) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", template.read_text(), re.DOTALL):
        assert "csrf_token" in form or "own()" in form, form[:200]


async def test_what_does_not_exist_is_a_page_in_the_frame(visitor: Visit) -> None:
    answer = await (await visitor("centre")).get("/nothing-here")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "vrs-menu" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


async def test_kafka_being_away_is_a_page_that_says_not_now(visitor: Visit, world: World) -> None:
    centre = await visitor("centre")
    world.view.away = True
    answer = await centre.get("/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "Not now" in answer.text


async def test_an_unexpected_fault_is_a_page_without_its_text(visitor: Visit, world: World) -> None:
    centre = await visitor("centre")
    world.reads.collections["submissions"] = [{"_id": "a secret that no page may show", "kind": "report"}]
    answer = await centre.get("/")
    assert answer.status_code == 500
    assert "The fault is ours" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize("path", ["../settings.py", "%2e%2e/settings.py", "dashboard/../pages.py", "dashboard", ""])
async def test_a_static_path_never_leaves_its_folder(visitor: Visit, path: str) -> None:
    assert (await (await visitor(None)).get(f"/static/{path}")).status_code == 404


@pytest.mark.parametrize("path", ["%00", "fonts/%00.css", "a" * 5000])
async def test_a_static_path_that_no_file_system_knows_names_nothing(visitor: Visit, path: str) -> None:
    assert (await (await visitor(None)).get(f"/static/{path}")).status_code == 404


async def test_a_static_file_of_a_named_version_is_kept(visitor: Visit) -> None:
    nobody = await visitor(None)
    address = re.search(r'href="(/static/portal\.css\?v=[0-9a-f]+)"', (await nobody.get("/sign-in")).text)
    assert address
    assert "immutable" in (await nobody.get(address[1])).headers["cache-control"]
    assert (await nobody.get("/static/portal.css")).headers["cache-control"] == "no-cache"
    assert (await nobody.get("/sign-in")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("who", ROLES)
async def test_every_line_of_the_menu_leads_to_a_page(visitor: Visit, who: str) -> None:
    one = await visitor(who)
    start = await one.get("/")
    assert start.status_code == 200, start.text
    lines = re.findall(r'<li><a href="(/[^"]*)"', start.text)
    assert lines
    for line in lines:
        assert (await one.get(line)).status_code == 200, line


def paths(router: APIRouter) -> list[str]:
    """Of a router and those that it includes."""
    found = [one.path for one in router.routes if isinstance(one, APIRoute)]
    inner = [one for one in (getattr(route, "original_router", None) for route in router.routes) if one is not None]
    return found + [path for one in inner for path in paths(one)]


@pytest.mark.parametrize("pages", SETS, ids=lambda one: one.name)
def test_no_path_of_a_page_belongs_to_the_interface(pages: PageSet) -> None:
    found = paths(pages.router)
    assert found
    assert not [path for path in found if path.startswith(MACHINES)]


def test_what_a_route_of_the_interface_demands_can_be_demanded_for_a_visitor() -> None:
    for function, route in routes().items():
        assert all(one.dependency is not None for one in route.dependencies), function


async def test_a_role_may_ask_only_what_its_token_may(world: World) -> None:
    change = cycles.CycleChange(grace_days=3)
    asked = {"cycle": "2013-H1", "change": change}
    with pytest.raises(Problem) as refused:
        await ask(Subject("x", "focal-point", "TH"), world.gateway, cycles.change_cycle, **asked)
    assert refused.value.status_code == 403
    changed = await ask(Subject("x", "centre"), world.gateway, cycles.change_cycle, **asked)
    assert changed.grace_days == 3


def test_an_address_may_break_where_its_parts_end_and_is_text() -> None:
    said = Filters("en", str).address("desk-1@<b>.th.example")
    assert said == '<span class="vrs-address">desk-1@<wbr>&lt;b&gt;.<wbr>th.<wbr>example</span>'
