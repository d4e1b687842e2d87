"""Every refusal as a page in the portal's own frame. What an unexpected error was is written to the log alone."""

from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from runtime.logs import logger
from runtime.outcome import NotNow
from services.gateway.portal.guard import SignInFirst, Visit, visit_of
from services.gateway.portal.menu import N_
from services.gateway.portal.page import Page
from services.gateway.portal.texts import preferred
from services.gateway.problems import Problem

log = logger(__name__)
TITLES = {
    400: N_("The request cannot be read"),
    403: N_("You may not do that"),
    404: N_("Page not found"),
    405: N_("That cannot be done here"),
    409: N_("Not in this state"),
    413: N_("Too much was sent at once"),
    422: N_("The content is not right"),
    429: N_("Too many tries"),
    500: N_("Something went wrong here"),
    503: N_("Not now; please try again shortly"),
}
DETAILS = {
    403: N_(
        "Your role does not include this. Another State's figures open once your own return of the cycle is accepted."
    ),
    404: N_("There is nothing at this address, or nothing that you may see."),
    500: N_(
        "The fault is ours and has been written down. What you sent may or may not have been taken; "
        "look before you send it again."
    ),
    503: N_("A part that this page needs does not answer. Nothing is lost; try again."),
}
SIGN_IN = "/sign-in"


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error as a page."""

    @app.exception_handler(SignInFirst)
    async def sign_in_first(request: Request, error: SignInFirst) -> Response:
        if request.method == "POST":
            return await _expired(request)
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        asked = {**({"expired": "1"} if error.expired else {}), **({"back": back} if back != "/" else {})}
        there = f"{SIGN_IN}?{urlencode(asked)}" if asked else SIGN_IN
        if request.headers.get("hx-request") == "true":
            return Response(status_code=204, headers={"HX-Redirect": there})
        return RedirectResponse(there, 303)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        detail = error.detail if isinstance(error, Problem) and error.status_code not in (403, 404) else None
        errors = error.errors if isinstance(error, Problem) else []
        return await _problem(request, error.status_code, detail, [one.message for one in errors])

    @app.exception_handler(RequestValidationError)
    async def misshapen(request: Request, _error: RequestValidationError) -> Response:
        # An address that names nothing readable names nothing.
        return await _problem(request, 404)

    @app.exception_handler(NotNow)
    async def not_now(request: Request, error: NotNow) -> Response:
        log.warning("not now", error=str(error))
        return await _problem(request, 503)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, _error: Exception) -> Response:
        return await _problem(request, 500)


async def _problem(
    request: Request, status: int, detail: str | None = None, errors: list[str] | None = None
) -> Response:
    await _ensure_visit(request)
    page = Page(request)
    return page.show(
        "frame/problem.html",
        status,
        {"Retry-After": "2"} if status in (429, 503) else None,
        title=TITLES.get(status, TITLES[500 if status >= 500 else 400]),
        detail=DETAILS.get(status, "") if detail is None else detail,
        problems=errors or [],
        code=status,
    )


async def _expired(request: Request) -> Response:
    """What was sent after the session's end comes back, to be sent again after signing in."""
    await _ensure_visit(request)
    sent: FormData | None = getattr(request.state, "form", None)
    kept = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)] if sent else []
    kept = [(name, value) for name, value in kept if name != "csrf_token" and "password" not in name]
    if request.headers.get("hx-request") == "true":
        # A page that saves by itself stays as it is: taken elsewhere, its visitor would lose what was typed.
        return Page(request).show("frame/expired_by_itself.html")
    return Page(request).show("frame/expired.html", 403, kept=kept, action=request.url.path)


async def _ensure_visit(request: Request) -> None:
    """Errors of paths that no page has come here without a visit."""
    if hasattr(request.state, "visit"):
        return
    try:
        request.state.visit = await visit_of(request.app.state.portal, request)
    except NotNow:
        language = preferred(request.headers.get("accept-language", ""))
        request.state.visit = Visit("nobody", new_secret=False, language=language)
