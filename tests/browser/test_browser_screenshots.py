"""Pictures of every page, for `make screenshots`: made to be looked at."""

from pathlib import Path

import pytest

from tests.browser.conftest import WIDTHS, Visit
from tests.browser.pages import PAGES, Seen


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("seen", PAGES, ids=lambda one: one.name)
def test_a_picture_of_the_page(
    visit: Visit, seen: Seen, width: int, pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    folder = Path(pytestconfig.getoption("--screenshots") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    page = visit(seen.login, width=width)
    page.goto(seen.path)
    page.wait_for_load_state("networkidle")
    file = folder / f"{seen.name}-{width}.png"
    page.screenshot(path=file, full_page=True)
    assert file.stat().st_size > 1_000
