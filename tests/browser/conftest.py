"""A real Chromium on the live stack with the demonstration in it.

Session fixtures are synchronous, as everywhere here. Every page that a test opens is watched: a request to another
origin, a refused script or style, an error on the console or sideways scrolling fails the test.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    StorageState,
    expect,
    sync_playwright,
)

from deploy.local.assets.fetch import STATIC
from deploy.local.foreground import DEMO_SECONDS
from deploy.local.settings import ROOT
from deploy.local.stack import Stack
from deploy.local.system_packages import browser as find_browser

WIDTHS = (1280, 360)
WAIT_MS = 10_000
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
expect.set_options(timeout=WAIT_MS)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", default=None, help="Where pictures of the pages are put.")
    parser.addoption("--stack", default=None, help="VRS_VAR of a running stack with its demo, instead of a new one.")


@dataclass(frozen=True)
class Demo:
    """A running stack with the demonstration loaded, and its logins."""

    address: str
    passwords: dict[str, str]
    environment: dict[str, str]


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest) -> Demo:
    """The live stack, filled by `vrs demo`."""
    if var := request.config.getoption("--stack"):
        return _running(Path(var))
    stack: Stack = request.getfixturevalue("live_stack")
    load = subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-m", "cli.main", "demo"],
        cwd=ROOT,
        env={**os.environ, **stack.environment},
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
        check=False,
    )
    assert load.returncode == 0, load.stdout[-3000:] + load.stderr[-3000:]
    return Demo(stack.url("gateway"), json.loads((stack.var / "logins").read_text()), stack.environment)


def _running(var: Path) -> Demo:
    lines = (line.partition("=") for line in (var / "env").read_text().splitlines())
    environment = {name: value for name, _, value in lines}
    return Demo(environment["VRS_GATEWAY_URL"], json.loads((var / "logins").read_text()), environment)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_browser()
    assert path, "no Chromium here: `make browser` installs it"
    with sync_playwright() as playwright:
        # A container's root has no user namespaces to build Chromium's own sandbox from.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page did that it must not."""

    origin: str
    wrong: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._noted(str(error)))

    def _asked(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https") and f"{url.scheme}://{url.netloc}" != self.origin:
            self.wrong.append(f"asks elsewhere: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._noted(message.text)

    def _noted(self, text: str) -> None:
        # Chromium reports every answer of 400 and above; pages with errors in a form have such a status on purpose.
        if "Failed to load resource" not in text:
            self.wrong.append(text)


Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def signed_in() -> dict[tuple[str, str], StorageState]:
    """The cookies of those who have signed in, by login and language: signing in once is enough for most tests."""
    return {}


@pytest.fixture
def visit(demo: Demo, chromium: Browser, signed_in: dict[tuple[str, str], StorageState]) -> Iterator[Visit]:
    """``visit("thailand", width=360)``: a page at the dashboard; ``visit(None)``: one that is not signed in.

    ``fresh=True`` signs in anew: for tests that sign out or change the password.
    """
    contexts: list[BrowserContext] = []
    watch = Watch(demo.address)

    def open_page(
        login: str | None = None,
        *,
        width: int = 1280,
        scripts: bool = True,
        language: str = "en",
        fresh: bool = False,
    ) -> Page:
        known = signed_in.get((login or "", language)) if not fresh else None
        context = chromium.new_context(
            base_url=demo.address,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            locale={"en": "en-GB", "fr": "fr-FR"}[language],
            accept_downloads=True,
            storage_state=known,
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        if known is not None or login is None:
            page.goto("/" if login else "/sign-in")
            return page
        page.goto("/sign-in")
        page.locator("#login").fill(login)
        page.locator("#password").fill(demo.passwords[login])
        page.locator("main button[type=submit]").click()
        page.wait_for_url(f"{demo.address}/")
        # Whatever language an earlier test left with this user.
        page.goto(f"/language/{language}?back=/")
        if not fresh:
            signed_in[login, language] = context.storage_state()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not watch.wrong, "\n".join(watch.wrong)


def accessible(page: Page) -> None:
    """axe-core finds nothing (WCAG 2.2 A and AA), and nothing makes the page scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} at {page.viewport_size} is {wide} px too wide"
    # Evaluated by the debugger, which the page's policy does not hold back.
    page.evaluate((STATIC / "axe.js").read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", list(RULES))
    told = [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}" for one in found["violations"]
    ]
    assert not told, f"{page.url}:\n" + "\n".join(told)
