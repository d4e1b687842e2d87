"""What holds for every route: the token, the form of errors, and the machine-readable descriptions."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.events import PAYLOADS
from contracts.topics import TOPICS
from services.gateway.asyncapi import asyncapi
from services.gateway.store import MemoryReads
from tests.unit.gateway.conftest import World

TH = "focal-point:TH"
OPEN = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/asyncapi.json"}


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "put", "post", "patch", "delete")
    ]


async def described(world: World) -> dict[str, Any]:
    found: dict[str, Any] = (await world.get(None, "/openapi.json")).json()
    return found


async def test_every_call_of_the_interface_is_described(world: World) -> None:
    found = {f"{method.upper()} {path}" for method, path, _ in operations(await described(world))}
    wanted = """
    POST /submissions · GET /submissions · GET /submissions/{submission} · POST /submissions/{submission}/explanations
    GET /reports/{reporter}/{cycle} · GET /reports/{reporter}/{cycle}/revisions
    GET /reports/{reporter}/{cycle}/revisions/{number} · POST /reports/{reporter}/{cycle}/verification
    POST /reports/{reporter}/{cycle}/withdraw · POST /reports/{reporter}/{cycle}/release · GET /aggregates/{dimension}
    GET /cycles · POST /cycles · PATCH /cycles/{cycle} · DELETE /cycles/{cycle} · POST /cycles/{cycle}/extensions
    GET /cycles/{cycle}/completeness · GET /participants · GET /participants/{code} · PUT /participants/{code}
    GET /participants/{code}/focal-points/{point} · PUT /participants/{code}/focal-points/{point}
    DELETE /participants/{code}/focal-points/{point} · GET /participants/{code}/agencies/{agency}
    PUT /participants/{code}/agencies/{agency} · DELETE /participants/{code}/agencies/{agency}
    GET /participants/{code}/agencies/{agency}/keys · POST /participants/{code}/agencies/{agency}/keys
    DELETE /participants/{code}/agencies/{agency}/keys/{key} · GET /notifications · GET /template/{name}/{version}
    """
    calls = [one.strip() for line in wanted.strip().splitlines() for one in line.split("·")]
    assert {one.replace(" ", " /api/v1", 1) for one in calls} <= found


async def test_every_operation_wants_a_token_and_describes_its_problems(world: World) -> None:
    document = await described(world)
    for method, path, operation in operations(document):
        assert operation["security"] == [{"HTTPBearer": []}], path
        for status in ("401", "403", "404", "422", "503"):
            content = operation["responses"][status]["content"]
            assert list(content) == ["application/problem+json"], (method, path, status)
        answer = await world.call(None, method.upper(), path.removeprefix("/api/v1"))
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


async def test_every_reference_in_the_description_leads_somewhere(world: World) -> None:
    for document in (await described(world), asyncapi()):
        for ref in references(document):
            node: Any = document
            for token in ref.removeprefix("#/").split("/"):
                node = node[token.replace("~1", "/").replace("~0", "~")]


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in references(value)]
    return [ref for value in node for ref in references(value)] if isinstance(node, list) else []


async def test_the_report_is_described_where_it_is_sent(world: World) -> None:
    document = await described(world)
    body = document["paths"]["/api/v1/submissions"]["post"]["requestBody"]
    assert body["required"]
    assert body["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/Report"
    assert "HTTPValidationError" not in document["components"]["schemas"]


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer ", "Bearer x.y.z", "Basic eA==", "Bearer é"])
async def test_a_bad_token_is_401_before_anything_is_read(world: World, token: str) -> None:
    headers = {"Authorization": token.encode("latin-1"), "Content-Type": "application/json"}
    answer = await world.client.post("/api/v1/submissions", content=b"[" * 10_000, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 401


async def test_a_token_that_has_run_out_is_401(world: World) -> None:
    token = world.token(TH, timedelta(seconds=-60))
    answer = await world.client.get("/api/v1/cycles", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_a_role_that_may_never_do_it_hears_so_whatever_the_body_says(world: World) -> None:
    for method, path in (
        ("POST", "/cycles"),
        ("PATCH", "/cycles/x"),
        ("POST", "/submissions"),
        ("POST", "/reports/x/y/verification"),
        ("POST", "/reports/x/y/withdraw"),
        ("PUT", "/participants/x"),
        ("PUT", "/participants/x/agencies/y"),
    ):
        assert (await world.call("analyst:TH", method, path, json={"x": 1})).status_code == 403, path


async def test_a_method_that_is_not_there_is_405_and_says_which_are(world: World) -> None:
    answer = await world.call(TH, "DELETE", "/cycles")
    assert answer.status_code == 405
    assert answer.json()["type"] == "urn:vrs-msrc:problem:method-not-allowed"
    assert "GET" in answer.headers["allow"]


async def test_a_fault_of_ours_is_a_problem_without_a_trace_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: MemoryReads) -> Any:
        raise RuntimeError("SECRET")

    monkeypatch.setattr(MemoryReads, "in_force", broken)
    answer = await world.get(TH, "/aggregates/citizenship")
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:vrs-msrc:problem:internal"
    assert "SECRET" not in answer.text


async def test_an_empty_parameter_is_none_and_an_unknown_or_repeated_one_is_refused(world: World) -> None:
    assert (await world.get(TH, "/submissions?reporter=&cycle=&state=")).status_code == 200
    for query in ("repoter=TH", "reporter=TH&reporter=MY"):
        answer = await world.get(TH, f"/submissions?{query}")
        assert answer.status_code == 422, query
        assert "reporter" in answer.text, query


async def test_answers_stay_out_of_caches(world: World) -> None:
    answer = await world.get(TH, "/cycles")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_template_is_given_as_data(world: World) -> None:
    answer = await world.get("operator", "/template/ort/1")
    assert (answer.status_code, answer.json()["id"]) == (200, "ort/1")
    assert (await world.get(TH, "/template/ort/9")).status_code == 404


async def test_the_documentation_pages_that_load_scripts_from_elsewhere_are_off(world: World) -> None:
    for path in ("/docs", "/redoc"):
        assert (await world.client.get(path)).status_code == 404


def test_asyncapi_names_every_topic_event_reader_and_writer() -> None:
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"
    addresses = {one["address"] for one in document["channels"].values()}
    assert addresses == {one.name for one in TOPICS} | {"vrs.in.{agency}", "vrs.out.{agency}"}
    assert {one["name"] for one in document["components"]["messages"].values()} == {one.type for one in PAYLOADS}
    for topic in TOPICS:
        channel = topic.name.replace(".", "_")
        for writer in topic.writers:
            assert document["operations"][f"{writer}_send_{channel}"]["action"] == "send"
        for reader in topic.readers:
            assert document["operations"][f"{reader}_receive_{channel}"]["action"] == "receive"
