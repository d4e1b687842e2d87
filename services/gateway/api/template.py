"""The template as data."""

from fastapi import APIRouter

from contracts import template as templates
from contracts.template import Template
from services.gateway.api.permission import needs
from services.gateway.api.route import Route
from services.gateway.problems import documented, not_found

router = APIRouter(route_class=Route, tags=["template"], responses=documented())


@router.get("/template/{name}/{version}", dependencies=[needs("see_template")])
async def template(name: str, version: str) -> Template:
    """Sections, groups, questions, dimensions and defined terms: ``/template/ort/1``."""
    if f"{name}/{version}" not in templates.ids():
        raise not_found()
    return templates.load(f"{name}/{version}")
