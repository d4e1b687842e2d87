"""Collects the portal's texts into its catalogues: `python -m tools.texts [SET…]`; `--check` says what is missing.

One catalogue per page set (services/gateway/portal/SET/fr.po), so that two people who work on two sets change two
files; the frame's also holds the texts of the modules that belong to no set, and `contract_texts` those of the
template, the terms and the findings, which stand in contracts/ as data.
"""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from contracts import template as templates
from contracts.finding_kinds import FINDINGS

PORTAL = Path(__file__).resolve().parents[1] / "services" / "gateway" / "portal"
LANGUAGE = "fr"
FRAME, CONTRACTS = "frame", "contract_texts"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "say": None,
    "gettext": None,
    "ngettext": (1, 2),
}
JINJA = {"trimmed": "true", "extensions": "jinja2.ext.do"}


def page_sets() -> list[str]:
    """The folders that hold pages, and the frame."""
    return sorted(one.name for one in PORTAL.iterdir() if (one / "templates").is_dir())


def sources(name: str) -> Iterator[Path]:
    """The files of a set; the frame's are also the modules beside the sets and the folders without pages."""
    folder = PORTAL / name
    yield from sorted(folder.rglob("*.py"))
    yield from sorted(folder.rglob("*.html"))
    if name == FRAME:
        yield from sorted(PORTAL.glob("*.py"))
        yield from sorted((PORTAL / "accounts").glob("*.py"))


def extracted(name: str) -> Catalog:
    """What the code of a set says, with where it says it."""
    found = Catalog(locale=LANGUAGE, project="VRS-MSRC", charset="utf-8", fuzzy=False)
    if name == CONTRACTS:
        for text, where in contract_texts():
            found.add(text, locations=[(where, 0)])
        return found
    for file in sources(name):
        method = "python" if file.suffix == ".py" else "jinja2.ext:babel_extract"
        place = str(file.relative_to(PORTAL))
        for line, message, comments, context in extract_from_file(
            method, file, KEYWORDS, ("Translators:",), JINJA if file.suffix == ".html" else None
        ):
            found.add(message, locations=[(place, line)], auto_comments=comments, context=context)
    return found


def contract_texts() -> Iterator[tuple[str, str]]:
    """The texts of the template and the sentences of the findings, with where each stands."""
    whole = templates.load()
    yield whole.title, "template"
    for term in whole.terms:
        yield from ((text, f"term {term.id}") for text in (term.label, term.help, term.source) if text)
    for dimension in whole.dimensions:
        labels = dimension.labels.values()
        yield from ((text, f"dimension {dimension.id}") for text in (dimension.label, dimension.help, *labels) if text)
    for section in whole.sections:
        yield section.title, f"section {section.number}"
    for group in whole.groups:
        yield from ((text, f"group {group.id}") for text in (group.title, group.unit) if text)
    for question in whole.questions:
        texts = [question.title, question.text, question.help]
        texts += [text for part in question.parts for text in (part.title, part.text)]
        yield from ((text, f"question {question.id}") for text in texts if text)
    for kind in FINDINGS.values():
        yield kind.sentence, f"finding {kind.code}"


def catalogue_of(name: str) -> Path:
    return PORTAL / name / f"{LANGUAGE}.po"


def updated(name: str) -> Catalog:
    """The catalogue as it is, brought to what the code says now: translations kept, gone texts dropped."""
    file = catalogue_of(name)
    there = read(file) if file.exists() else Catalog(locale=LANGUAGE, fuzzy=False)
    there.fuzzy = False
    # A guess from a similar text is worse than none: what is missing is to be seen as missing.
    there.update(extracted(name), no_fuzzy_matching=True)
    there.obsolete.clear()
    return there


def read(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale=LANGUAGE)


def text_of(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalogue, width=110, sort_by_file=True, omit_header=False, include_lineno=False)
    lines = [line for line in out.getvalue().decode().splitlines() if not line.startswith(_RESTLESS)]
    return ("\n".join(lines).strip() + "\n").encode()


# Dates and versions would make every run a change.
_RESTLESS = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Report-Msgid', "# ")


def untranslated(catalogue: Catalog) -> list[str]:
    """Texts without a translation, or with a doubtful one."""
    found = []
    for one in catalogue:
        if not one.id:
            continue
        given = one.string if isinstance(one.string, list | tuple) else [one.string]
        if one.fuzzy or not all(given):
            found.append(str(one.id))
    return found


def main(names: Iterable[str], check: bool) -> int:
    """Write the catalogues; the exit code is 1 when --check finds texts without French."""
    lacking = 0
    for name in names:
        catalogue = updated(name)
        if not check:
            catalogue_of(name).parent.mkdir(exist_ok=True)
            catalogue_of(name).write_bytes(text_of(catalogue))
        left = untranslated(catalogue)
        lacking += len(left)
        print(f"{name}: {len(catalogue)} texts, {len(left)} without {LANGUAGE}")
        for text in left if check else ():
            print(f"  {text[:100]!r}")
    return 1 if check and lacking else 0


if __name__ == "__main__":
    asked = [one for one in sys.argv[1:] if not one.startswith("-")]
    sys.exit(main(asked or [*page_sets(), CONTRACTS], "--check" in sys.argv))
