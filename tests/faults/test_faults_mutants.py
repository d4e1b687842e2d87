"""A mutant whose text has gone from the code would be found by nothing: it must be written anew."""

import pytest

from tests.faults.mutants import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_each_mutant_still_finds_the_text_that_it_changes(mutant: Mutant) -> None:
    for edit in mutant.edits:
        assert edit.old in (ROOT / edit.file).read_text(), edit.file
