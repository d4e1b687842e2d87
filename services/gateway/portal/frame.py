"""The templates' side of the portal: one Jinja environment per language, with the filters that all pages share."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from jinja2 import ChainableUndefined, Environment, FileSystemLoader, PackageLoader, PrefixLoader, Template
from markupsafe import Markup

from contracts import geography
from services.gateway.portal import wording
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
        environment.filters.update(filters(language, texts.gettext))
        environment.globals.update(
            languages=NAMES,
            language=language,
            static=self.static,
            **{_macro(name): _component(environment, name) for name in COMPONENT_NAMES},
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


def _component(environment: Environment, name: str) -> Callable[..., str]:
    """A component's macro, read when it is first used: so templates need no import lines."""
    macro = _macro(name)

    def call(*given: Any, **named: Any) -> str:
        module: Any = environment.get_template(f"{COMPONENTS}/components/{name}/macro.html").module
        made: str = getattr(module, macro)(*given, **named)
        return made

    return call


def filters(language: Language, gettext: Callable[[str], str]) -> dict[str, Callable[..., str]]:
    """What templates say of values, in a language. ``zone``: the name of a time zone, as Asia/Bangkok."""
    locale = {"en": "en_GB", "fr": "fr_FR"}[language]

    def number(value: float | None) -> str:
        return "" if value is None else format_decimal(value, locale=locale)

    def day(value: date) -> str:
        return format_date(value, "d MMMM y", locale=locale)

    def moment(value: datetime, zone: str = "UTC") -> str:
        there = value.astimezone(ZoneInfo(zone))
        return f"{format_date(there, 'd MMMM y', locale=locale)}, {format_time(there, 'HH:mm', locale=locale)} ({zone})"

    def machine(value: datetime) -> str:
        return value.astimezone(UTC).isoformat(timespec="seconds")

    def weekday(value: datetime, zone: str = "UTC") -> str:
        return format_datetime(value.astimezone(ZoneInfo(zone)), "EEEE d MMMM y", locale=locale)

    def country(code: str) -> str:
        try:
            return geography.name(code, language)
        except KeyError:
            return code

    def said(text: str | None) -> str:
        return gettext(text) if text else ""

    def state(code: str | None) -> Markup:
        """A state as a label in its tone: colour and words."""
        text, tone = wording.state(code)
        return Markup('<strong class="vrs-state vrs-state--{}">{}</strong>').format(tone, gettext(text))

    def notice(kind: str) -> str:
        text, values = wording.notice(kind)
        return gettext(text) % values if values else gettext(text)

    found = (number, day, moment, machine, weekday, country, said, state, notice)
    return {one.__name__: one for one in found}
