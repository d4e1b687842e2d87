"""What a draft never keeps: a person, and a pasted block that cannot be taken apart."""

import pytest

from services.gateway.portal.returns import drafts
from services.gateway.portal.returns.drafts import MOST_BYTES
from services.gateway.portal.returns.pasting import NotRows, rows_of
from services.gateway.portal.returns.screened import personal_fields
from services.gateway.portal.returns.typed import TypedAnswer, TypedFee, TypedRoute
from tests.unit.portal.conftest import NOW, Visit, World
from tests.unit.portal.test_portal_returns import CITIZENSHIP, ROWS, TOTAL, hidden, put_revision, save

PERSON = "ask someone@example.org"
ENDLESS = '"' + "x" * 140_000


async def test_a_person_is_shown_at_its_field_and_kept_in_no_draft(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    answer = await save(thailand, CITIZENSHIP, **{**ROWS, "rows-3-comment": PERSON})
    assert answer.status_code == 422
    assert 'href="#rows-2-comment"' in answer.text, "where it stands now, without the blank line"
    assert "seems to hold personal data" in answer.text
    assert 'value="Myanmar"' in answer.text, "what was typed is still in the page"
    answer = await save(thailand, CITIZENSHIP, "paste", **ROWS, **{"block-": f"Pakistan\t70\t{PERSON}\n"})
    assert (answer.status_code, 'href="#rows-3-comment"' in answer.text) == (422, True)
    assert not await world.drafts.of("TH")


async def test_an_autosave_of_a_person_keeps_nothing_and_says_so(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    answer = await save(thailand, TOTAL, "autosave", value="1", comment=PERSON)
    assert "Not saved: the text seems to hold personal data." in answer.text
    assert not await world.drafts.of("TH")


async def test_an_answer_too_many_is_refused_with_a_sentence_and_what_was_typed_stays_in_the_page(
    visitor: Visit, world: World
) -> None:
    """Each answer is small enough; together they are more than a draft holds."""
    there = await world.drafts.get("TH", "2013-H1", None)
    full = there.with_answer("interaction.description", TypedAnswer(text="x" * (MOST_BYTES - 500)), "thailand", NOW)
    assert await world.drafts.put(full)
    thailand = await visitor("focal-point:TH")
    comment = "as the police have counted it, " * 20
    answer = await save(thailand, TOTAL, value="12", comment=comment)
    assert answer.status_code == 413
    assert "a draft holds at most 8 megabytes" in answer.text
    assert comment.strip() in answer.text
    answer = await save(thailand, TOTAL, "autosave", value="12", comment=comment)
    assert answer.status_code == 200, "an answer of another status is not shown by a page that saves by itself"
    assert "Not saved: the answers of this return are too large together." in answer.text
    assert await world.drafts.get("TH", "2013-H1", None) == full
    assert (await save(thailand, TOTAL, value="12")).status_code == 200, "a shorter one is kept"


async def test_a_correction_that_no_draft_holds_is_refused_with_a_sentence(
    visitor: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_BYTES", 10)
    report = {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1", "agency": None, "scope": "full",
              "answers": {"illegal_entries.total": {"value": 12}}}  # fmt: skip
    put_revision(world, report)
    thailand = await visitor("focal-point:TH")
    answer = await thailand.post("/returns/2013-H1/TH/correct", to="/returns/2013-H1/TH")
    assert answer.status_code == 413
    assert "a draft holds at most 8 megabytes" in answer.text


async def test_a_page_that_was_not_kept_overwrites_nobody_and_goes_on_by_itself(visitor: Visit) -> None:
    one, two = await visitor("focal-point:TH"), await visitor("focal-point:TH")
    page = await two.get(TOTAL)
    own = {"version": hidden(page.text, "version"), "page": hidden(page.text, "page")}
    await save(one, TOTAL, value="100")
    refused = await two.post(TOTAL, do="save", value="200", comment=PERSON, **own)
    after = {"version": hidden(refused.text, "version"), "page": hidden(refused.text, "page")}
    assert after == own
    assert (await two.post(TOTAL, do="save", value="200", **after)).status_code == 409


async def test_a_block_that_cannot_be_read_comes_back_at_its_field(visitor: Visit, world: World) -> None:
    thailand = await visitor("focal-point:TH")
    answer = await save(thailand, CITIZENSHIP, "paste", **ROWS, **{"block-": ENDLESS})
    assert answer.status_code == 422
    assert 'href="#block-"' in answer.text
    assert 'id="block--error"' in answer.text
    assert "x" * 140_000 in answer.text
    assert not await world.drafts.of("TH")


@pytest.mark.parametrize("block", [ENDLESS, "Pakistan\t70\rIndia\t80"])
def test_a_block_that_is_no_rows_is_refused_in_one_way(block: str) -> None:
    with pytest.raises(NotRows):
        rows_of(block, ("citizenship",), {})


def test_every_text_of_an_answer_is_looked_at_and_no_figure_is_taken_for_a_telephone() -> None:
    typed = TypedAnswer(
        value="0812345678",
        caveat=PERSON,
        choices=[PERSON],
        rows=[{"citizenship": PERSON, "value": "4111 1111 1111 1111 or so"}],
        routes=[TypedRoute(said={"comment": PERSON, "persons": "812345678"}, legs=[{"country": PERSON}])],
        fees=[TypedFee(said={"from": PERSON}, methods=[PERSON], payment=[PERSON])],
    )
    assert sorted(personal_fields(typed)) == [
        "caveat",
        "choices",
        "fees-0-from",
        "fees-0-methods",
        "fees-0-payment",
        "routes-0-comment",
        "routes-0-legs-0-country",
        "rows-0-citizenship",
        "rows-0-value",
    ]
