"""The words of a mail: every kind has some, none carries a figure, and nothing in them can break out."""

from datetime import date
from email import message_from_bytes, policy

import pytest

from contracts.records import Participant
from services.notification.letters import Letters, family, spoken_day, spoken_period
from services.notification.rules import NoticePlan
from services.notification.settings import NotificationSettings
from services.notification.smtp import compose, message_id
from tests.unit.notification.world import at, cycle, directory, extension, state

KINDS = [
    *("cycle_opened", "reminder_30", "reminder_14", "reminder_7", "reminder_3", "reminder_1", "due_today"),
    *("overdue_1", "overdue_7", "overdue_14", "report_received", "report_accepted", "report_rejected"),
    *("correction_requested", "extension_granted", "cycle_complete", "cycle_closed", "nomination_due"),
]
NOW = at("2013-08-28T12:00")
LETTERS = Letters("https://portal.example/")
KNOWN = directory(cycle("TH"), state("TH", "Asia/Bangkok"))
SETTINGS = NotificationSettings()


def planned(kind: str, participant: str | None = "TH", point: str = "border", *, to_centre: bool = False) -> NoticePlan:
    return NoticePlan("2013-H1", participant, point, kind, to_centre, at=NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_in_text_and_html(kind: str) -> None:
    letter = LETTERS.write(planned(kind), KNOWN)
    assert "January–June 2013" in letter.subject
    assert "\n" not in letter.subject
    for form in (letter.text, letter.html):
        assert "https://portal.example/" in form
        assert "{{" not in form
        assert "To the focal point of State of TH" in form
    assert "style=" in letter.html
    assert "<style" not in letter.html


def test_there_are_words_for_nothing_else() -> None:
    assert LETTERS.kinds() == {family(kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_has_no_numbers_but_its_dates(kind: str) -> None:
    letter = LETTERS.write(planned(kind), KNOWN)
    words = letter.text.replace("2013", "").replace("31 August", "").replace("31 October", "")
    assert not any(character.isdigit() for character in words)


def test_the_due_date_is_said_in_the_participants_time_with_its_extension() -> None:
    assert "the end of 31 August 2013 (Asia/Bangkok time)" in LETTERS.write(planned("reminder_3"), KNOWN).text
    longer = directory(cycle("TH"), state("TH", "Asia/Bangkok"), extension("TH", date(2013, 9, 10)))
    assert "the end of 10 September 2013" in LETTERS.write(planned("extension_granted"), longer).text


def test_the_centre_is_told_about_a_cycle_and_about_a_participant() -> None:
    whole = LETTERS.write(planned("cycle_complete", None, "centre", to_centre=True), KNOWN)
    assert whole.text.startswith("To the Coordination and Analysis Unit")
    one = LETTERS.write(planned("nomination_due", "TH", "centre", to_centre=True), KNOWN)
    assert "State of TH" in one.subject


@pytest.mark.parametrize("kind", KINDS)
def test_a_cycle_whose_record_has_gone_leaves_no_empty_place(kind: str) -> None:
    letter = LETTERS.write(planned(kind), directory())
    assert "None" not in letter.text
    assert "  " not in letter.text.replace("\n\n", "")


def test_a_name_cannot_break_out_of_a_header_or_of_the_page() -> None:
    name = 'Eve"\r\nBcc: all@x.example <script>alert(1)</script> & Co'
    known = directory(cycle("TH"), Participant(code="TH", name=name))
    letter = LETTERS.write(planned("nomination_due"), known)
    message = compose("n", letter, "border@th.example", NOW, SETTINGS)
    raw = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert raw["Bcc"] is None
    assert raw.get_content_type() == "multipart/alternative"
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html


def test_a_mail_has_both_forms_and_says_that_it_is_automatic() -> None:
    letter = LETTERS.write(planned("reminder_3"), KNOWN)
    message = compose("n", letter, "border@th.example", NOW, SETTINGS)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["To"] == "border@th.example"
    assert message["Date"] == "Wed, 28 Aug 2013 12:00:00 +0000"
    assert all(len(line) <= 998 for line in message.as_bytes().split(b"\r\n"))


def test_the_message_id_follows_from_the_notice() -> None:
    assert message_id("one", "a@vrs.example") == message_id("one", "a@vrs.example")
    assert message_id("one", "a@vrs.example") != message_id("two", "a@vrs.example")
    assert message_id("one", "a@vrs.example").endswith("@vrs.example>")


@pytest.mark.parametrize("address", ["a\x00b@th.example", "..@th.example", "(c)@th.example", "ü@th.example"])
def test_an_odd_address_is_written_or_refused_in_one_way(address: str) -> None:
    letter = LETTERS.write(planned("reminder_3"), KNOWN)
    try:
        compose("n", letter, address, NOW, SETTINGS).as_bytes()
    except ValueError:
        return


def test_days_and_periods_are_spoken_in_words() -> None:
    assert spoken_day(date(2013, 8, 1)) == "1 August 2013"
    assert [spoken_period(one) for one in ("2012", "2013-H2", "2013-Q1")] == [
        "2012",
        "July–December 2013",
        "January–March 2013",
    ]
