"""How well the screen tells personal data from figures, on the labelled corpus beside this file."""

from collections import defaultdict
from pathlib import Path

import pytest

from screening import screen

CORPUS = Path(__file__).parent / "corpus"


def lines(name: str) -> list[str]:
    text = (CORPUS / name).read_text("utf-8")
    return [line.replace("\\n", "\n") for line in text.splitlines() if line and not line.startswith("#")]


POSITIVE = [tuple(line.split("\t")) for line in lines("positive.tsv")]
NEGATIVE = lines("negative.tsv")


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(POSITIVE) >= 60
    assert len(NEGATIVE) >= 60
    assert len({kind for kind, _ in POSITIVE}) == 7


def test_at_least_95_in_100_pieces_of_personal_data_are_found_with_their_kind() -> None:
    missed = [(kind, text) for kind, text in POSITIVE if kind not in {hit.kind for hit in screen(text)}]
    assert 1 - len(missed) / len(POSITIVE) >= 0.95, missed


def test_no_kind_of_personal_data_is_missed_more_than_once_in_ten() -> None:
    found: dict[str, list[bool]] = defaultdict(list)
    for kind, text in POSITIVE:
        found[kind].append(bool(screen(text)))
    assert all(sum(hits) / len(hits) >= 0.9 for hits in found.values()), dict(found)


@pytest.mark.parametrize("text", NEGATIVE)
def test_figures_dates_and_document_symbols_are_no_personal_data(text: str) -> None:
    assert screen(text) == []
