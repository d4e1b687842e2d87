"""The portal's pages and forms as a visitor finds them, and forms sent back with something wrong in them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from urllib.parse import urlencode, urlsplit

import httpx

from tests.fuzz.mutation import TEXTS, scrambled
from tests.fuzz.world import World

PASSED_OVER = ("/sign-out", "/account/password")
"""Whoever is signed out or gets another password tries nothing more."""
NO_PAGES = ("/static/", "/language/")
MOST_PAGES = 200
MOST_OF_A_KIND = 4
"""Pages that differ in a name only."""
BLOCKS = (
    "KH\t12\tfrom a list\nLA\t9", "Country\tTotal\nKH\t12", "KH;12\nMM;1 000", '"KH\t12', "KH\t12\x00",
    "\t\t\t\n" * 50, "KH\t1\n" * 3_000, '"' * 999, "=cmd|' /C calc'!A0\t1",
    "Lao PDR\t-5\t" + "x" * 5_000, "\r\r\n\r", "ĸħ\t١٢", "a" * 200_000,
)  # fmt: skip
BUTTONS = (
    "save", "next", "tasks", "autosave", "start", "paste", "paste:", "paste:sea", "paste:nowhere",
    "add-row", "add-row:sea", "remove-row:0", "remove-row:-1", "remove-row:99999999999999999999",
    "add-leg:0", "add-leg:x", "leg-up:0:0", "leg-up:0:9", "leg-down:0:0:0", "remove-leg:0:0",
    "remove-leg:" + "9" * 5_000, "add-route", "remove-route:0", "add-fee", "remove-fee:1", "",
    "x" * 3_000, ":", "::::", "²:²",
)  # fmt: skip
VALUES = (
    *(one.encode("utf-8", "surrogatepass").decode("latin-1") for one in TEXTS), "9" * 5_000, "-0", "1.5",
    "12 000", "1.234", "2013-02-29", "31/12/2013", "²", "x" * 100_000,
)  # fmt: skip
CHARSETS = ("utf-8", "utf-7", "utf-16", "latin-1", "unicode_escape", "nonesuch", "", "base64", "idna")


@dataclass
class Form:
    """A form of a page: where it goes and what stands in its fields."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The links and the forms that are sent by POST."""

    def __init__(self, text: str, path: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._text: str | None = None
        self._select = ""
        self._path = path
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"].partition("#")[0])
        elif tag == "form" and given.get("method", "").lower() == "post":
            self._form = Form(given.get("action") or self._path)
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or not self._has(self._select)):
            self._form.fields.append((self._select, given.get("value", "")))
        elif tag == "textarea":
            self._form.fields.append((name, ""))
        elif tag in ("input", "button") and name:
            self._form.fields.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _has(self, name: str) -> bool:
        return self._form is not None and any(one == name for one, _ in self._form.fields)


class PortalFuzz:
    """One visitor of a running portal."""

    def __init__(self, world: World, who: str, login: str) -> None:
        self._who, self._login = who, login
        self._password = world.outside.vrs("users", "add", self._login, "--as", who).strip()
        self._world = world
        self._client = httpx.Client(base_url=world.outside.stack.url("gateway"), timeout=30)
        self.answers: Counter[tuple[str, int]] = Counter()
        """By the form's address, numbers and names left out, and status."""
        self.faults: list[str] = []

    def close(self) -> None:
        self._client.close()

    def run(self, posts: int, random: Random) -> None:
        """Look at every page; then send ``posts`` forms of them, most with something wrong."""
        self._sign_in()
        forms = self._forms()
        for _ in range(posts if forms else 0):  # some roles only look
            # Each form as often as another, however many pages have it.
            self._send(random.choice(forms[random.choice(list(forms))]), random)

    def _sign_in(self) -> None:
        page = Page(self._client.get("/sign-in").text, "/sign-in")
        [form] = [one for one in page.forms if one.action.startswith("/sign-in")]
        given = {**dict(form.fields), "login": self._login, "password": self._password}
        answer = self._client.post("/sign-in", data=given)
        assert answer.status_code == 303, (answer.status_code, answer.text[:2_000])

    def _forms(self) -> dict[str, list[Form]]:
        """By kind, from every page that links lead to."""
        waiting, known, seen = ["/"], {"/"}, Counter[str]()
        forms: dict[str, list[Form]] = {}
        while waiting and seen.total() < MOST_PAGES:
            path = waiting.pop(0)
            if seen[kind_of(path)] >= MOST_OF_A_KIND:
                continue
            seen[kind_of(path)] += 1
            answer = self._client.get(path, follow_redirects=True)
            self._look(answer, path)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            page = Page(answer.text, urlsplit(str(answer.url)).path)
            for form in page.forms:
                if not form.action.startswith(PASSED_OVER) and self._login not in form.action:
                    forms.setdefault(kind_of(form.action), []).append(form)
            for link in page.links:
                if link not in known and seen[kind_of(link)] < MOST_OF_A_KIND and not link.startswith(NO_PAGES):
                    waiting.append(link)
                    known.add(link)
        return forms

    def _send(self, form: Form, random: Random) -> None:
        fields = self._spoilt(form.fields, random)
        headers = {"Accept-Language": random.choice(("en", "fr", "*;q=0.1", "x" * 2_000))}
        if random.random() < 0.2:
            headers["HX-Request"] = "true"
        address = form.action if random.random() < 0.9 else _renamed(form.action, random)
        if random.random() < 0.7:
            body, kind = (
                urlencode(fields, encoding="latin-1", errors="replace").encode(),
                "application/x-www-form-urlencoded",
            )
        else:
            body, kind = multipart(fields, random)
        if random.random() < 0.05:
            body = scrambled(body, random)
        answer = self._client.post(address, content=body, headers={**headers, "Content-Type": kind})
        self.answers[kind_of(form.action), answer.status_code] += 1
        self._look(answer, f"{address} {headers} {kind} {body[:1_500]!r}")
        if "/sign-in" in answer.headers.get("location", "") or "/sign-in" in answer.headers.get("hx-redirect", ""):
            self._sign_in()

    def _spoilt(self, fields: list[tuple[str, str]], random: Random) -> list[tuple[str, str]]:
        changed = [one for one in fields if one[0] != "do"]
        buttons = [value for name, value in fields if name == "do"]
        if buttons:
            changed.append(("do", random.choice((*buttons, *BUTTONS))))
        for _ in range(random.choice((0, 1, 2, 4))):
            at = random.randrange(len(changed))
            name, value = changed[at]
            if name == "csrf_token" and random.random() < 0.7:
                continue
            match random.randrange(6):
                case 0:
                    changed = changed[:at] + changed[at + 1 :] or [("x", "")]
                case 1:
                    changed.append((name, random.choice(VALUES)))
                case 2:
                    changed[at] = (
                        random.choice((*TEXTS[:8], name + "-0", name.replace("0", "999999"), name * 50)),
                        value,
                    )
                case _:
                    changed[at] = (name, random.choice(BLOCKS if name.startswith("block") else VALUES))
        return [(_latin(name), value) for name, value in changed]

    def _look(self, answer: httpx.Response, sent: str) -> None:
        if answer.status_code >= 500 and len(self.faults) < 100:
            self.faults.append(f"{answer.status_code} as {self._who} to {sent}")


def multipart(fields: list[tuple[str, str]], random: Random) -> tuple[bytes, str]:
    """The fields as parts, some as files, in a character set that may be none."""
    parts = []
    for name, value in fields:
        file = '; filename="x.csv"\r\nContent-Type: text/csv' if random.random() < 0.05 else ""
        head = f'Content-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts.append(b"--edge\r\n" + head.encode("latin-1", "replace") + value.encode("latin-1", "replace") + b"\r\n")
    charset = random.choice(CHARSETS)
    return b"".join(parts) + b"--edge--\r\n", f"multipart/form-data; boundary=edge; charset={charset}"


def _latin(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _renamed(path: str, random: Random) -> str:
    """The address with another name in one of its places."""
    places = path.split("/")
    places[random.randrange(1, len(places))] = random.choice(
        ("x", "%00", "%ED%A0%80", "2013-H9", "ZZ", "..", "a" * 3_000, "%7C")
    )
    return "/".join(places)


def kind_of(path: str) -> str:
    """The address without its query and names: pages of one kind are one page with other data."""
    plain = urlsplit(path).path
    return re.sub(r"/(?=[^/]*[0-9A-Z])[^/]+|(?<=/users)/[^/]+(?=/)", "/*", plain)
