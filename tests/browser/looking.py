"""Looking at a page as it stands: by axe-core, by rules of our own, and by a picture for somebody to look at."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from deploy.local.assets.fetch import STATIC

HERE = Path(__file__).parent
WIDTHS = (1280, 360)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
AXE = (STATIC / "axe.js").read_text()
LOOKING, TEXTS = (HERE / "looking.js").read_text(), (HERE / "texts.js").read_text()
DRAWN = """() => [...document.querySelectorAll("[data-chart]")].every((one) =>
  Math.abs(one.dataset.drawn - one.querySelector(".vrs-chart__view").clientWidth) <= 20)"""
DRAWN_OR_FAILED = f"""() => ({DRAWN})() || [...document.querySelectorAll("[data-chart]")].every((one) =>
  one.dataset.drawn || !one.querySelector(".vrs-chart__failed").hidden)"""
RUN = """rules => axe.run(document, {
  preload: false, resultTypes: ["violations"], runOnly: {type: "tag", values: rules}})"""


@dataclass(frozen=True)
class Look:
    """``folder``: where pictures are put; None for no pictures."""

    folder: Path | None

    def __call__(self, page: Page, name: str, widths: tuple[int, ...] = WIDTHS) -> None:
        """At each width: axe-core finds nothing (WCAG 2.2 A and AA), nothing sticks out or lies over another, and
        no code stands where a name belongs. ``name``: of the picture."""
        before = page.viewport_size
        page.wait_for_load_state()
        wrong = []
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function(DRAWN)  # charts and maps too, laid out for this width
            wrong += [f"{name} at {width}: {one}" for one in (*page.evaluate(LOOKING), *violations(page))]
            if self.folder:
                self._picture(page, f"{name}-{width}")
        if before:
            page.set_viewport_size(before)
        assert not wrong, f"{page.url}:\n" + "\n".join(wrong)

    def _picture(self, page: Page, name: str) -> None:
        assert self.folder
        self.folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.folder / f"{name}.png", full_page=True)


def drawn(page: Page) -> int:
    """How many charts and maps a page has, once all of them are drawn; none failed."""
    page.wait_for_function(DRAWN_OR_FAILED)
    expect(page.locator(".vrs-chart__failed:not([hidden])")).to_have_count(0)
    return page.locator(".vrs-chart__view canvas").count()


def violations(page: Page) -> list[str]:
    """What axe-core has against a page."""
    # Evaluated by the debugger, which the page's policy does not hold back.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, list(RULES))
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}" for one in found["violations"]
    ]


def texts(page: Page) -> set[str]:
    """Every text of a page that somebody reads or hears, but for what users have typed."""
    return set(page.evaluate(TEXTS))
