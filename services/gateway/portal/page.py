"""What a page's function gets and gives: ``page.subject`` for every rule, ``page.show`` and ``page.go`` to answer."""

import base64
import json
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile

from contracts import geography
from services.gateway.api.paged import Page as Listed
from services.gateway.portal.accounts.user import User
from services.gateway.portal.asking import ask
from services.gateway.portal.filters import Filters
from services.gateway.portal.guard import LANGUAGE, SECRET, SESSION, SignInFirst, Visit, form_token
from services.gateway.portal.menu import menu
from services.gateway.portal.portal import Portal
from services.gateway.portal.texts import Language, translations
from services.gateway.ports import Gateway
from services.gateway.problems import not_found
from services.gateway.subject import Subject

T = TypeVar("T")
SAID = "vrs-said"
A_YEAR = 365 * 24 * 3600
MOST_IN_ALL = 2_000
"""Of a list's items on one page: some hundred times what there is of cycles, participants or keys."""
WHOLE_LINE = 10**9
"""Of a return's revisions, without their content: any page of them is read from the whole line."""
Tone = Literal["success", "note"]


class Page:
    """One request for a page, of anybody."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.portal: Portal = request.app.state.portal
        self.visit: Visit = request.state.visit
        self._places: dict[str, str] = {}
        self.cut_at: int | None = None
        """Where a list of this page ends before its end; the page says so."""

    @property
    def gateway(self) -> Gateway:
        """The ports; give them to the interface's functions as they are."""
        return self.portal.gateway

    @property
    def language(self) -> Language:
        return self.visit.language

    @property
    def path(self) -> str:
        """Where this page is, with its query: what a way back leads to."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    @property
    def page_set(self) -> str:
        """The folder of the page's function: its catalogue's words go before others'."""
        module = getattr(self.request.scope.get("endpoint"), "__module__", "")
        name: str = module.removeprefix("services.gateway.portal.").partition(".")[0]
        return name or "frame"

    @property
    def enhanced(self) -> bool:
        """Whether htmx asks, for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    def now(self) -> datetime:
        return self.portal.now()

    def say(self, text: str, **values: object) -> str:
        """A text in the visitor's language; ``%(name)s`` in it is filled from ``values``. Marks it for translation."""
        said = translations(self.language, self.page_set).gettext(text)
        return said % values if values else said

    def participant(self, code: str) -> str:
        """What a participant is called: its country's name in the visitor's language, else its own."""
        found = self.gateway.view.directory.participant(code)
        try:
            return geography.name(code, self.language)
        except KeyError:
            return found.name if found else code

    def period(self, cycle: str) -> str:
        """The period that a cycle is named for, in words."""
        return Filters(self.language, self.say).period(cycle)

    def by_name(self, held: Iterable[T], of: str | None = None) -> list[T]:
        """Participants' codes, or what has one as its attribute ``of``, in the order of their names in the visitor's
        language."""
        return sorted(held, key=lambda one: self._place(getattr(one, of) if of else str(one)))

    def _place(self, code: str) -> str:
        """By what a participant is sorted; remembered, since a table names each of them in many lines."""
        if code not in self._places:
            self._places[code] = _unaccented(self.participant(code))
        return self._places[code]

    def due_day(self, cycle: str, participant: str) -> date:
        """The last day on which a return of the cycle is in time, where the participant is. Raises Problem."""
        directory = self.gateway.view.directory
        there = directory.cycle(cycle)
        if there is None:
            raise not_found()
        return directory.due_day(there, participant)

    async def form(self) -> FormData:
        """The fields that were sent; already read, and bounded, when a page's function runs."""
        return await self.request.form()

    async def fields(self) -> dict[str, str]:
        """The single-valued text fields, stripped at both ends."""
        sent = await self.form()
        return {name: value.strip() for name, value in sent.items() if not isinstance(value, UploadFile)}

    def show(
        self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> Response:
        """The page made from ``template`` (``set/page.html``) with ``values``; ``page`` is always there."""
        whole = self.portal.frame.template(self.language, template)
        said = self._said()
        subject = self.visit.subject
        html = whole.render(
            page=self,
            csrf_token=form_token(self.visit.secret),
            menu=menu(self.portal.entries, subject),
            user=self.visit.user,
            subject=subject,
            said=said,
            **values,
        )
        answer = HTMLResponse(html, status, dict(headers or {}))
        if said:
            self.forget(answer, SAID)
        if self.visit.new_secret:
            self.remember(answer, SECRET, self.visit.secret)
        return answer

    def go(self, path: str, say: str | None = None, tone: Tone = "success") -> Response:
        """On to another page, which shows ``say`` on top once."""
        answer = RedirectResponse(path, 303)
        if say:
            text = json.dumps([tone, say[:1000]], ensure_ascii=False).encode()
            self.remember(answer, SAID, base64.urlsafe_b64encode(text).decode(), seconds=600)
        return answer

    def as_if_signed_in(self, token: str, user: User) -> "Page":
        """The same request, seen as the session sees it that has just begun."""
        self.request.state.visit = replace(
            self.visit, secret=token, new_secret=False, user=user, subject=user.subject, expired=False
        )
        return Page(self.request)

    def remember(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        """Set one of our cookies; without ``seconds`` until the browser closes."""
        settings = self.portal.settings
        answer.set_cookie(
            settings.cookie(name),
            value,
            max_age=seconds,
            path="/",
            secure=settings.portal_secure_cookies,
            httponly=True,
            samesite="lax",
        )

    def forget(self, answer: Response, name: str) -> None:
        settings = self.portal.settings
        answer.delete_cookie(
            settings.cookie(name), path="/", secure=settings.portal_secure_cookies, httponly=True, samesite="lax"
        )

    def _said(self) -> tuple[str, str] | None:
        raw = self.request.cookies.get(self.portal.settings.cookie(SAID))
        try:
            tone, text = json.loads(base64.urlsafe_b64decode(raw or ""))
        except ValueError:
            return None
        return (tone, text) if tone in ("success", "note") and isinstance(text, str) else None


class SignedInPage(Page):
    """One request for a page of somebody who is signed in."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        if self.visit.user is None or self.visit.subject is None:
            raise SignInFirst(expired=self.visit.expired)
        self.user: User = self.visit.user
        self.subject: Subject = self.visit.subject

    async def ask(self, function: Callable[..., Awaitable[T]], **given: Any) -> T:
        """What a function of ``services.gateway.api`` answers to this visitor; its parameters by name.

        ``await page.ask(cycles.standing, cycle="2013-H1")``. Raises Problem and NotNow, which become pages.
        """
        return await ask(self.subject, self.gateway, function, **given)

    async def ask_all(self, function: Callable[..., Awaitable[Listed[T]]], **given: Any) -> list[T]:
        """A list of the interface's that is short as a whole, in one reading. Raises Problem and NotNow.

        Past MOST_IN_ALL it ends, and the page says so.
        """
        found = await self.ask(function, limit=MOST_IN_ALL, **given)
        if found.next is not None:
            self.cut_at = MOST_IN_ALL
        return found.items

    @property
    def zone(self) -> str:
        """The time zone that dates are shown in: the participant's own."""
        return self.gateway.view.directory.time_zone(self.subject.participant or "")


def _unaccented(text: str) -> str:
    """É stands beside e in a list, and not behind z."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)).casefold()


AnyPage = Annotated[Page, Depends(Page)]
SignedIn = Annotated[SignedInPage, Depends(SignedInPage)]

__all__ = ["A_YEAR", "LANGUAGE", "SAID", "SESSION", "AnyPage", "Page", "SignedIn", "SignedInPage"]
