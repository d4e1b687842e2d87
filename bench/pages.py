"""The portal's pages on the demonstration: every page that each role reaches by links, and how long the server takes.

``python -m bench.pages``: a stack of its own with the demonstration; or ``--var FOLDER``, one that is running. Times
are the client's on the same machine, so they hold what the server waited for too. ``--most 200``: ends with 1 where the
95th percentile over all pages, or over the looks at one page, is higher; 200 ms is the issue's figure.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from deploy.local.foreground import DEMO_SECONDS
from deploy.local.ports import Ports
from deploy.local.settings import ROOT
from deploy.local.stack import Stack

LEFT_ALONE = ("/static/", "/sign-out", "/language")
NAME = re.compile(r"/(\d{4}(-[HQ]\d)?|[A-Z]{2,10}(-[A-Z0-9]+)?|[a-z_]+\.[a-z_]+|[0-9a-f-]{36}|[A-Z%3E>]+)(?=/|$)")
"""A cycle, a participant or an agency, a question, a submission, a route."""
HEAVIEST = 100_000
"""Bytes of a page as it is sent, compressed: what is over it is printed."""
ALIKE = 4
"""Pages of one pattern that are looked at: a list of a hundred routes is one page a hundred times."""


def reached(client: httpx.Client) -> list[str]:
    """Every page that links lead to from the dashboard, as far as its pattern is not known well enough."""
    waiting, found, seen = ["/"], [], {"/"}
    patterns: dict[str, int] = defaultdict(int)
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path)
        if answer.status_code != 200 or not answer.headers["content-type"].startswith("text/html"):
            if answer.status_code >= 400:
                print(f"  {answer.status_code} {path}")
            continue
        found.append(path)
        if answer.num_bytes_downloaded > HEAVIEST:
            print(f"  {answer.num_bytes_downloaded:,} bytes {path}")
        for link in re.findall(r'<a [^>]*href="([^"#]+)', answer.text):
            target = urlsplit(urljoin(f"{client.base_url}{path}", unescape(link)))
            place = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc != urlsplit(str(client.base_url)).netloc or place.startswith(LEFT_ALONE) or place in seen:
                continue
            seen.add(place)
            kind = pattern(place)
            patterns[kind] += 1
            if patterns[kind] <= ALIKE:
                waiting.append(place)
    return found


def pattern(path: str) -> str:
    """A page's address without what it is about."""
    place, _, query = path.partition("?")
    named = NAME.sub("/*", place)
    return named + "?" + "&".join(sorted({one.partition("=")[0] for one in query.split("&") if one}))


def signed_in(address: str, login: str, password: str) -> httpx.Client:
    client = httpx.Client(base_url=address, headers={"Origin": address}, timeout=30)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token
    _over_http(client)
    sent = client.post("/sign-in", data={"csrf_token": unescape(token[1]), "login": login, "password": password})
    assert sent.status_code == 303, sent.status_code
    _over_http(client)
    return client


def _over_http(client: httpx.Client) -> None:
    """The cookies are for https alone; browsers send them to 127.0.0.1 too, this client has to be told."""
    for cookie in client.cookies.jar:
        cookie.secure = False


def measured(address: str, passwords: dict[str, str], times: int) -> tuple[float, float]:
    """Prints the slowest pages; gives the 95th percentile over all looks, and that of the slowest page."""
    every: list[float] = []
    by_page: dict[str, list[float]] = {}
    for login, password in passwords.items():
        with closing(signed_in(address, login, password)) as client:
            pages = reached(client)
            print(f"{login}: {len(pages)} pages")
            for path in pages:
                taken = []
                for _ in range(times):
                    began = time.perf_counter()
                    client.get(path)
                    taken.append(1000 * (time.perf_counter() - began))
                every += taken
                by_page[f"{login} {path}"] = taken
    slowest = sorted(by_page.items(), key=lambda one: p95(one[1]), reverse=True)
    print(f"{'':90}{'median':>8}{'p95':>8}  (ms)")
    for name, taken in slowest[:20]:
        print(f"{name[:89]:90}{statistics.median(taken):8.1f}{p95(taken):8.1f}")
    print(
        f"{len(by_page)} pages, {len(every)} looks: median {statistics.median(every):.1f} ms, p95 {p95(every):.1f} ms"
    )
    return p95(every), p95(slowest[0][1])


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20, method="inclusive")[-1]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=20)
    asked.add_argument("--most", type=float, default=float("inf"))
    asked.add_argument("--var", type=Path, help="VRS_VAR of a running stack with its demonstration")
    told = asked.parse_args()
    if told.var:
        lines = (line.partition("=") for line in (told.var / "env").read_text().splitlines())
        address = {name: value for name, _, value in lines}["VRS_GATEWAY_URL"]
        worst = measured(address, json.loads((told.var / "logins").read_text()), told.times)
    else:
        with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), Ports.free()) as stack:
            stack.start()
            load = [sys.executable, "-m", "cli.main", "demo"]
            environment = {**os.environ, **stack.environment}
            subprocess.run(load, cwd=ROOT, env=environment, capture_output=True, timeout=DEMO_SECONDS, check=True)
            worst = measured(stack.url("gateway"), json.loads((stack.var / "logins").read_text()), told.times)
    return int(max(worst) > told.most)


if __name__ == "__main__":
    raise SystemExit(main())
