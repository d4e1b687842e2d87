"""The error summary: each of its lines leads to a field of the page and says which one it means, in both languages."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from contracts.finding_kinds import FINDINGS
from contracts.findings import pointer
from contracts.records import Agency
from services.gateway.ports import Judgement
from tests.unit.portal.conftest import PASSWORD, Visit, Visitor, World
from tests.unit.portal.test_portal_returns import CITIZENSHIP, LINE, ROUTES, put_revision, save

PARTS = f"{LINE}/smuggled_migrants.by_mode_and_last_exit"
DIVIDED = f"{LINE}/illegal_entries.by_gender_age"
FEES = f"{LINE}/methods_and_fees.by_from_to"
PERSONAL = "write to a.person@example.org"
LINK = re.compile(r'<li><a href="#([^"]*)">(.*?)</a></li>', re.DOTALL)

Named = dict[str, tuple[str, str]]
"""By field the words that name it, in English and in French."""

CYCLE: Named = {
    "id": ("period", "période"),
    "opens": ("opens", "ouverture"),
    "due": ("due", "échéance"),
    "closes": ("closes", "clôture"),
    "grace_days": ("days of grace", "jours de grâce"),
    "reminder_days": ("reminders", "rappels"),
    "expected": ("expected participants", "participants attendus"),
}
WRONG_CYCLE = {
    "id": "x",
    "opens": "",
    "due": "",
    "closes": "",
    "grace_days": "x",
    "reminder_days": "x",
    "expected": "?",
}
GRACE = {"id": "2014", "opens": "2014-01-01", "due": "2014-01-31", "closes": "2014-02-01", "grace_days": "9"}
LOGIN, NEW = ("login", "identifiant"), ("new password", "nouveau mot de passe")
FORMS: list[tuple[str, str, dict[str, Any], Named]] = [
    ("centre", "/cycles/new", WRONG_CYCLE, CYCLE),
    ("centre", "/cycles/new", GRACE, {"grace_days": CYCLE["grace_days"]}),
    ("centre", "/cycles/new", {**GRACE, "id": "2013-H1", "grace_days": "0"}, {"id": CYCLE["id"]}),
    ("centre", "/cycles/2013-H1/change", WRONG_CYCLE, {name: one for name, one in CYCLE.items() if name != "id"}),
    ("centre", "/cycles/2013-H1/extensions", {}, {
        "participant": ("participant", "participant"),
        "due": ("new due date", "nouvelle échéance"),
        "reason": ("reason", "motif"),
    }),
    ("centre", "/cycles/2013-H1/extensions", {"participant": "TH", "due": "2013-07-30", "reason": "Ships."},
     {"due": ("new due date", "nouvelle échéance")}),
    ("centre", "/cycles/2013-H1/extensions", {"participant": "TH", "due": "2013-08-30", "reason": PERSONAL},
     {"reason": ("reason", "motif")}),
    ("centre", "/cycles/2013-H1/returns/TH", {"reason": "a" * 2001}, {
        "outcome": ("outcome", "conclusion"),
        "reason": ("reason", "motif"),
    }),
    ("centre", "/cycles/2013-H1/returns/TH", {"outcome": "correction_requested"}, {"reason": ("reason", "motif")}),
    ("centre", "/participants/new", {}, {"code": ("code", "code")}),
    ("centre", "/participants/new", {"code": "ZZ"}, {
        "name": ("name", "nom"),
        "kind": ("kind", "type"),
        "release": ("joined return", "déclaration réunie"),
    }),
    ("centre", "/participants/TH/change", {"name": "Siam", "kind": "state", "release": "focal_point", "time_zone": "x"},
     {"time_zone": ("time zone", "fuseau horaire")}),
    ("focal-point:TH", "/participants/TH/agencies/new", {}, {"id": ("code", "code")}),
    ("focal-point:TH", "/participants/TH/agencies/new", {"id": "TH-NEW", "email": "x"}, {
        "name": ("name of the agency", "nom du service"),
        "email": ("e-mail", "courriel"),
    }),
    ("focal-point:TH", "/participants/TH/agencies/new", {"id": "TH-NEW", "name": PERSONAL},
     {"name": ("agency's name", "nom du service")}),
    ("focal-point:TH", "/participants/TH/focal-points/new", {"id": "desk"}, {
        "unit": ("unit", "unité"),
        "email": ("e-mail", "courriel"),
    }),
    ("focal-point:TH", "/participants/TH/focal-points/new", {"id": "desk", "unit": PERSONAL, "email": "a@b.example"},
     {"unit": ("unit", "unité")}),
    ("focal-point:TH", "/participants/TH/agencies/TH-IMM/keys", {},
     {"days": ("new key is good for", "nouvelle clé est valable")}),
    ("centre", "/users/new", {}, {"login": LOGIN, "role": ("role", "rôle")}),
    ("centre", "/users/new", {"login": "desk", "role": "agency"}, {"participant": ("participant", "participant")}),
    ("focal-point:TH", "/users/new", {"login": "desk", "role": "agency"}, {
        "login": LOGIN,
        "agency": ("agency", "service"),
    }),
    ("focal-point:TH", "/account/password", {"old_password": "wrong", "new_password": "short"}, {
        "old_password": ("present password", "mot de passe actuel"),
        "new_password": NEW,
    }),
    ("focal-point:TH", "/account/password", {"old_password": PASSWORD, "new_password": "aaaaaaaaaaaaaaa"},
     {"new_password": NEW}),
    ("focal-point:TH", "/account/password", {"old_password": PASSWORD, "new_password": "quite long enough words"},
     {"again": NEW}),
]  # fmt: skip


def summary(answer: httpx.Response) -> dict[str, str]:
    """The lines of the error summary, by the field that they lead to."""
    found = re.search(r'<div class="govuk-error-summary".*?</ul>', answer.text, re.DOTALL)
    assert found, answer.text[:2000]
    lines = {field: unescape(text) for field, text in LINK.findall(found[0])}
    for field in lines:
        assert f'id="{field}"' in answer.text, f"#{field} is no field of the page"
    return lines


async def speaking(language: str, visitor: Visitor) -> Visitor:
    await visitor.get(f"/language/{language}", back="/")
    return visitor


@pytest.fixture(autouse=True)
def there(world: World) -> None:
    """An agency, and a return to be reviewed."""
    world.view.directory.put(Agency(participant="TH", id="TH-IMM", name="Immigration Bureau"))
    put_revision(world, {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1",
                         "answers": {"illegal_entries.total": {"value": 5}}})  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("who", "path", "typed", "named"), FORMS)
async def test_every_line_of_the_summary_names_its_field(
    visitor: Visit, who: str, path: str, typed: dict[str, Any], named: Named, language: str
) -> None:
    one = await speaking(language, await visitor(who))
    lines = summary(await one.post(path, to=path, **typed))
    words = {field: both[language == "fr"] for field, both in named.items()}
    assert lines.keys() == words.keys()
    for field, word in words.items():
        assert word in lines[field].casefold(), field
    assert len(set(lines.values())) == len(lines)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"indicator": "x", "by": "x"}, {"indicator": ("what", "indicateur"), "by": ("broken down", "ventil")}),
        ({"indicator": "refused_entries", "by": "gender"}, {"by": ("break this down", "ventile")}),
        ({"reporter": "XX"}, {"reporter": ("reported", "communiqué")}),
        ({"from": "x"}, {"from": ("first period", "première période")}),
        ({"to": "x"}, {"to": ("last period", "dernière période")}),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_search_names_the_choice_that_it_cannot_read(
    visitor: Visit, query: dict[str, str], named: Named, language: str
) -> None:
    one = await speaking(language, await visitor("analyst:TH"))
    lines = summary(await one.get("/search", **query))
    assert lines.keys() == named.keys()
    assert all(both[language == "fr"] in lines[field].casefold() for field, both in named.items()), lines


async def test_a_profile_leads_to_its_one_choice_of_a_period(visitor: Visit) -> None:
    one = await visitor("analyst:TH")
    assert list(summary(await one.get("/search/citizenship/AF", period="x"))) == ["period"]


@pytest.mark.parametrize(
    ("path", "fields", "english", "french"),
    [
        (f"{LINE}/illegal_entries.total", {"value": "x"}, {"value": "Total number: "}, {"value": "Nombre total\xa0: "}),
        (
            CITIZENSHIP,
            {"rows-0-citizenship": "Myanmar", "rows-0-value": "x", "rows-2-citizenship": "Atlantis",
             "rows-2-value": "x"},
            {"rows-0-value": "Row 1 – Number: ", "rows-1-citizenship": "Row 2 – Citizenship: ",
             "rows-1-value": "Row 2 – Number: "},
            {"rows-0-value": "Ligne 1 – Nombre\xa0: ", "rows-1-citizenship": "Ligne 2 – Nationalité\xa0: ",
             "rows-1-value": "Ligne 2 – Nombre\xa0: "},
        ),
        (
            PARTS,
            {"rows-0-mode": "land", "rows-0-last_exit": "Malaysia", "rows-0-value": "1", "rows-1-mode": "sea",
             "rows-1-last_exit": "Malaysia", "rows-1-value": "1", "rows-2-mode": "sea", "rows-2-last_exit": "Atlantis",
             "rows-2-value": "x"},
            {"rows-2-last_exit": "By sea, row 2 – Country of last exit: ", "rows-2-value": "By sea, row 2 – Number: "},
            {"rows-2-last_exit": "Par mer, ligne 2 – Pays de dernière sortie\xa0: ",
             "rows-2-value": "Par mer, ligne 2 – Nombre\xa0: "},
        ),
        (
            DIVIDED,
            {"rows-0-gender_age": "women", "rows-0-value": "1", "rows-1-gender_age": "men", "rows-1-value": "x"},
            {"rows-1-value": "Men: "},
            {"rows-1-value": "Hommes\xa0: "},
        ),
        (
            ROUTES,
            {"routes-0-citizenship": "Afghanistan", "routes-0-legs-0-country": "Afghanistan",
             "routes-0-legs-0-type": "origin", "routes-0-legs-1-country": "Pakistan",
             "routes-0-legs-1-type": "destination", "routes-1-citizenship": "Atlantis", "routes-1-persons": "x",
             "routes-1-legs-0-country": "Iran", "routes-1-legs-0-type": "origin", "routes-1-legs-1-country": "Lemuria",
             "routes-1-legs-1-type": "destination"},
            {"routes-1-citizenship": "Route 2 – Main route for irregular migrants from: ",
             "routes-1-legs-1-country": "Route 2, country 2: ", "routes-1-persons": "Route 2 – Persons: "},
            {"routes-1-citizenship": "Itinéraire 2 – Itinéraire principal des migrants irréguliers venant de\xa0: ",
             "routes-1-legs-1-country": "Itinéraire 2, pays 2\xa0: ",
             "routes-1-persons": "Itinéraire 2 – Personnes\xa0: "},
        ),
        (
            FEES,
            {"fees-0-from": "Atlantis", "fees-0-to": "Thailand", "fees-1-from": "Pakistan", "fees-1-to": "Lemuria",
             "fees-1-fee_min": "x", "fees-1-fee_max": "x"},
            {"fees-0-from": "Way 1 – From: ", "fees-1-to": "Way 2 – To: ",
             "fees-1-fee_min": "Way 2 – Lowest fee per person: ", "fees-1-fee_max": "Way 2 – Highest fee: "},
            {"fees-0-from": "Trajet 1 – De\xa0: ", "fees-1-to": "Trajet 2 – Vers\xa0: ",
             "fees-1-fee_min": "Trajet 2 – Prix le plus bas par personne\xa0: ",
             "fees-1-fee_max": "Trajet 2 – Prix le plus haut\xa0: "},
        ),
    ],
    ids=["total", "rows", "parts", "divided", "routes", "fees"],
)  # fmt: skip
async def test_an_answer_that_cannot_be_read_is_told_by_row_route_and_way(
    visitor: Visit, path: str, fields: dict[str, str], english: dict[str, str], french: dict[str, str]
) -> None:
    thailand = await visitor("focal-point:TH")
    for language, beginnings in (("en", english), ("fr", french)):
        answer = await save(await speaking(language, thailand), path, **fields)
        lines = summary(answer)
        assert lines.keys() == beginnings.keys()
        for field, begins in beginnings.items():
            assert lines[field].startswith(begins), lines[field]
            assert unescape(answer.text).count(lines[field]) >= 2, "the same words stand at the field"


async def test_personal_data_and_a_block_that_cannot_be_read_are_told_by_their_fields(visitor: Visit) -> None:
    thailand = await visitor("focal-point:TH")
    fields = {"rows-0-citizenship": "Myanmar", "rows-0-value": "1", "rows-0-comment": PERSONAL, "comment": PERSONAL}
    lines = summary(await save(thailand, CITIZENSHIP, **fields))
    assert {field: text.partition(":")[0] for field, text in lines.items()} == {
        "comment": "Comment",
        "rows-0-comment": "Row 1 – Comment",
    }
    lines = summary(await save(thailand, PARTS, "paste:sea", **{"block-sea": '"' + "x" * 140_000}))
    assert lines["block-sea"].startswith("By sea – Paste rows from a spreadsheet: ")


async def test_the_list_of_corrections_names_the_row_of_each(visitor: Visit, world: World) -> None:
    at = [pointer("answers", "illegal_entries.by_citizenship", "rows", row, "value") for row in (0, 1)]
    findings = [FINDINGS["shape.invalid"].at(one, detail="a number is expected") for one in at]
    world.judge.answer = Judgement(outcome="rejected", findings=findings)
    thailand = await visitor("focal-point:TH")
    rows = {
        "rows-0-citizenship": "Myanmar",
        "rows-0-value": "1.5",
        "rows-1-citizenship": "Pakistan",
        "rows-1-value": "2.5",
    }
    await save(thailand, CITIZENSHIP, **rows)
    text = (await thailand.get(f"{LINE}/check")).text
    assert "(Row 1 – Number)</a>" in text
    assert "(Row 2 – Number)</a>" in text


async def test_explanations_that_are_refused_are_told_one_by_one(visitor: Visit, world: World) -> None:
    kind = next(one for one in FINDINGS.values() if one.severity == "explain")
    found = [
        {"code": kind.code, "severity": "explain", "pointer": f"/answers/illegal_entries.{name}", "message": "Why?",
         "question": f"illegal_entries.{name}", "suggestion": "Say why."}
        for name in ("total", "by_citizenship")
    ]  # fmt: skip
    one = "00000000-0000-5000-8000-000000000009"
    world.reads.add("submissions", {"_id": one, "kind": "report", "participant": "TH", "cycle": "2013-H1",
                    "agency": None, "state": "needs_explanation", "revision": 2, "findings": found, "timeline": [],
                    "received_at": None})  # fmt: skip
    thailand = await visitor("focal-point:TH")
    typed = {f"explain-{n}": text for n, text in enumerate((PERSONAL, "a" * 2001))}
    typed |= {f"pointer-{n}": one["pointer"] for n, one in enumerate(found)}
    lines = summary(await thailand.post(f"/submissions/{one}/explanations", to=f"/submissions/{one}", **typed))
    assert [text.split(" (")[0] for text in lines.values()] == ["Explanation 1", "Explanation 2"]
