"""Static files of the frame and of the page sets. An address with its content's version never changes its meaning."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from services.gateway.portal.portal import Portal
from services.gateway.problems import not_found

router = APIRouter(include_in_schema=False)
KINDS = {".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml",
         ".txt": "text/plain"}  # fmt: skip


@router.get("/static/{path:path}")
async def static(path: str, request: Request, v: str | None = None) -> Response:
    """A file; kept for a year where the address names its version."""
    portal: Portal = request.app.state.portal
    file = portal.frame.file(path)
    if file is None or file.suffix not in KINDS:
        raise not_found()
    kept = "public, max-age=31536000, immutable" if v and v != "missing" else "no-cache"
    return FileResponse(file, media_type=KINDS[file.suffix], headers={"Cache-Control": kept})
