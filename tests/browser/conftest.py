"""A real Chromium on the live stack with the demonstration in it.

One stack, one browser and one session per login for the whole run. Session fixtures are synchronous, as everywhere
here. Every page that a test opens is watched: a request to another origin, a refused script or style or an error on
the console fails the test.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from cli.gateway import Gateway
from cli.identity import Who
from cli.settings import CliSettings
from deploy.local.foreground import DEMO_SECONDS
from deploy.local.settings import ROOT
from deploy.local.stack import Stack
from deploy.local.system_packages import browser as find_browser
from tests.browser.looking import Look

WAIT_MS = 30_000
"""Of a machine that does much else, and whose charts are drawn without a graphics card."""
COMMAND_SECONDS = 60.0
HEIGHT = 900
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

    def vrs(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> str:
        """What a command of `vrs` prints."""
        done = subprocess.run(
            [str(ROOT / ".venv/bin/python"), "-m", "cli.main", *arguments],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout.strip()

    def gateway(self, who: str) -> Gateway:
        """The HTTP interface, for what has to be there before a test begins to click."""
        var = Path(self.environment["VRS_VAR"])
        return Gateway(CliSettings(_env_file=var / "env", var=var), Who.parse(who))

    def unused_cycle(self) -> str:
        """The latest year before all cycles: no test meets what another one has left."""
        with self.gateway("centre") as centre:
            return str(min(int(one["id"][:4]) for one in centre.items("/cycles")) - 1)

    def new_cycle(self, *expected: str) -> str:
        """A cycle of its own for a test, due in two months."""
        cycle, today = self.unused_cycle(), datetime.now(UTC).date()
        days = {"opens": today, "due": today + timedelta(days=60), "closes": today + timedelta(days=400)}
        dates = {name: day.isoformat() for name, day in days.items()}
        with self.gateway("centre") as centre:
            centre.post("/cycles", {"id": cycle, **dates, "grace_days": 0, "expected": list(expected)}, cycle)
        return cycle


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest) -> Demo:
    """The live stack, filled by `vrs demo`."""
    if var := request.config.getoption("--stack"):
        lines = (line.partition("=") for line in (Path(var) / "env").read_text().splitlines())
        return _filled(Path(var), {name: value for name, _, value in lines})
    stack: Stack = request.getfixturevalue("live_stack")
    Demo("", {}, stack.environment).vrs("demo", seconds=DEMO_SECONDS)
    return _filled(stack.var, stack.environment)


def _filled(var: Path, environment: dict[str, str]) -> Demo:
    passwords = json.loads((var / "logins").read_text())
    return Demo(environment["VRS_GATEWAY_URL"], passwords, {"VRS_VAR": str(var.resolve()), **environment})


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


@dataclass
class SignedIn:
    """The browsers of those who have signed in, by login, language and whether scripts run: once is enough for all."""

    demo: Demo
    chromium: Browser
    contexts: dict[tuple[str | None, str, bool], BrowserContext] = field(default_factory=dict)

    def context(self, login: str | None, language: str, scripts: bool) -> BrowserContext:
        key = (login, language, scripts)
        if key not in self.contexts:
            same = next((context for (whose, *_), context in self.contexts.items() if login and whose == login), None)
            self.contexts[key] = self.fresh(login, language, scripts, same)
        return self.contexts[key]

    def fresh(
        self, login: str | None, language: str, scripts: bool, same: BrowserContext | None = None
    ) -> BrowserContext:
        """A browser of its own. ``same``: one that the login is signed in with already."""
        context = self.chromium.new_context(
            base_url=self.demo.address,
            viewport={"width": 1280, "height": HEIGHT},
            java_script_enabled=scripts,
            locale={"en": "en-GB", "fr": "fr-FR"}[language],
            accept_downloads=True,
            storage_state=same.storage_state() if same else None,
        )
        context.set_default_timeout(WAIT_MS)
        if login is not None:
            page = context.new_page()
            if same is None:
                sign_in(page, login, self.demo.passwords[login])
            # Whatever language an earlier test left with this user.
            page.goto(f"/language/{language}?back=/")
            page.close()
        return context


def sign_in(page: Page, login: str, password: str) -> None:
    page.goto("/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: urlsplit(url).path == "/")


@pytest.fixture(scope="session")
def signed_in(demo: Demo, chromium: Browser) -> Iterator[SignedIn]:
    known = SignedIn(demo, chromium)
    yield known
    for context in known.contexts.values():
        context.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(demo: Demo, signed_in: SignedIn) -> Iterator[Visit]:
    """``visit("thailand", width=360)``: a page of a signed-in browser; ``visit(None)``: of one that is not signed in.

    ``at``: where it begins, the dashboard by default. Two visits of one login are two tabs of one browser;
    ``fresh=True`` is a browser of its own, for tests that sign in or out or change language or password.
    """
    pages: list[Page] = []
    browsers: list[BrowserContext] = []
    watch = Watch(demo.address)

    def open_page(
        login: str | None = None,
        *,
        at: str | None = None,
        width: int = 1280,
        scripts: bool = True,
        language: str = "en",
        fresh: bool = False,
    ) -> Page:
        if fresh or login is None:
            context = signed_in.fresh(login, language, scripts)
            browsers.append(context)
        else:
            context = signed_in.context(login, language, scripts)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": HEIGHT})
        pages.append(page)
        watch.over(page)
        page.goto(at or ("/" if login else "/sign-in"))
        return page

    yield open_page
    for page in pages:
        page.close()
    for context in browsers:
        context.close()
    assert not watch.wrong, "\n".join(watch.wrong)


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Look:
    """``look(page, "returns-errors")``: nothing is wrong with the page as it stands, at any width."""
    folder = request.config.getoption("--screenshots")
    return Look(Path(folder) if folder else None)
