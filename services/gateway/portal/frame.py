"""The templates' side of the portal: one Jinja environment per language, with the filters that all pages share."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader, PackageLoader, PrefixLoader, Template

from services.gateway.portal.filters import COLON, Filters
from services.gateway.portal.menu import N_
from services.gateway.portal.page_set import PageSet
from services.gateway.portal.texts import NAMES, Language, translations

HERE = Path(__file__).parent
STATIC_PREFIX = "/static/"
COMPONENTS = "govuk_frontend_jinja"


class Frame:
    """Renders templates. Made once; reads a template when it is first asked for."""

    def __init__(self, sets: Sequence[PageSet]) -> None:
        self.folders = {"frame": HERE / "frame", **{one.name: one.folder for one in sets}}
        self._environments: dict[tuple[Language, str], Environment] = {}

    def template(self, language: Language, name: str, speaker: str | None = None) -> Template:
        """A template as the page set ``speaker`` says its texts; by default its own set, as its name begins."""
        key = (language, speaker or name.partition("/")[0])
        if key not in self._environments:
            self._environments[key] = self._environment(*key)
        return self._environments[key].get_template(name)

    def _environment(self, language: Language, speaker: str) -> Environment:
        loaders = {name: FileSystemLoader(folder / "templates") for name, folder in self.folders.items()}
        environment = Environment(
            loader=PrefixLoader({**loaders, COMPONENTS: PackageLoader(COMPONENTS, "templates")}),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            # The components ask for parameters of parameters that were not given.
            undefined=ChainableUndefined,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        )
        texts = translations(language, speaker)
        environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
        environment.filters.update(Filters(language, texts.gettext).by_name())
        error = texts.gettext(N_("Error"))
        environment.globals.update(
            languages=NAMES,
            language=language,
            colon=COLON[language],
            static=self.static,
            **{_macro(name): _component(environment, name, error) for name in COMPONENT_NAMES},
        )
        return environment

    def static(self, path: str) -> str:
        """The address of a static file: ``static("portal.css")``, or ``static("search/maps.js")`` of a page set."""
        file = self.file(path)
        version = _version(file, file.stat().st_mtime_ns) if file is not None else "missing"
        return f"{STATIC_PREFIX}{path}?v={version}"

    def file(self, path: str) -> Path | None:
        """The static file behind a path; None for what is none, or lies outside."""
        name, _, rest = path.partition("/")
        folder, inner = (self.folders[name] / "static", rest) if name in self.folders else (HERE / "static", path)
        try:
            found = (folder / inner).resolve()
            return found if found.is_relative_to(folder.resolve()) and found.is_file() else None
        except (OSError, ValueError):
            return None  # no file system has such a name: with a NUL in it, or without end


@cache
def _version(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


COMPONENT_NAMES = (
    "accordion", "back-link", "breadcrumbs", "button", "character-count", "checkboxes", "date-input", "details",
    "error-message", "error-summary", "fieldset", "file-upload", "hint", "input", "inset-text", "label",
    "notification-banner", "pagination", "panel", "password-input", "phase-banner", "radios", "select", "skip-link",
    "summary-list", "table", "tabs", "tag", "task-list", "textarea", "warning-text",
)  # fmt: skip


def _macro(name: str) -> str:
    return "govuk" + "".join(part.capitalize() for part in name.split("-"))


def _component(environment: Environment, name: str, error: str) -> Callable[[dict[str, Any]], str]:
    """A component's macro, read when it is first used: so templates need no import lines."""
    macro = _macro(name)

    def call(parameters: dict[str, Any]) -> str:
        module: Any = environment.get_template(f"{COMPONENTS}/components/{name}/macro.html").module
        if parameters.get("errorMessage"):
            # What screen readers hear before an error; the component's own word is English.
            heard = {"visuallyHiddenText": error, **parameters["errorMessage"]}
            parameters = {**parameters, "errorMessage": heard}
        made: str = getattr(module, macro)(parameters)
        return made

    return call
