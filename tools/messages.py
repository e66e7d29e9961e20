"""Bring the message catalogues up to date with the code: `python tools/messages.py`.

Texts are taken from both packages where they are marked with `N_` or passed to `text`, from the templates of the pages
where they are passed to `_` or `plural`, and from the descriptions of the shapes of answers. Translations that are
there are kept, texts that are gone are dropped, new ones stand at the end of the list that is printed. The English
catalogue is its own translation.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tracegraph_api.document_shapes import every_shape
from tracegraph_api.document_words import descriptions

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tracegraph"
API = ROOT / "api" / "tracegraph_api"
KEYWORDS: Mapping[str, None] = {"N_": None, "_": None, "text": None}
METHODS = [("**.py", "python")]
#: In templates the first argument is a text, and of `plural` the second too.
TEMPLATE_KEYWORDS: Mapping[str, tuple[int, ...] | None] = {"_": None, "plural": (1, 2)}
TEMPLATE_METHODS = [("**/pages/**.html", "jinja2")]
TEMPLATE_OPTIONS = {"**/pages/**.html": {"silent": "false", "trim_blocks": "true"}}


def extracted() -> set[str]:
    """Return every text of both packages that a person may read."""
    found = (entry for folder in (PACKAGE, API) for entry in extract_from_dir(str(folder), METHODS, {}, KEYWORDS))
    marked = {message for _, _, message, _, _ in found if isinstance(message, str) and message}
    return marked | in_templates() | descriptions({"schemas": every_shape()})


def in_templates() -> set[str]:
    """Return every text of the templates of the pages."""
    found = extract_from_dir(str(API), TEMPLATE_METHODS, TEMPLATE_OPTIONS, TEMPLATE_KEYWORDS)
    texts: set[str] = set()
    for _, _, message, _, _ in found:
        texts |= {message} if isinstance(message, str) else set(message)
    return {text for text in texts if text}


def path_of(lang: str) -> Path:
    """Return the catalogue of a language."""
    return PACKAGE / "locale" / lang / "LC_MESSAGES" / "tracegraph.po"


def translations(lang: str) -> dict[str, str]:
    """Return the translations that a catalogue holds, by English text."""
    path = path_of(lang)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale=lang) if entry.id}


def write(lang: str, texts: Mapping[str, str]) -> None:
    """Write a catalogue, sorted by English text, without dates and places, so that equal texts give equal bytes."""
    catalogue = Catalog(locale=lang, charset="utf-8", fuzzy=False)
    for text, translation in sorted(texts.items()):
        catalogue.add(text, translation)
    path = path_of(lang)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        header = f'msgid ""\nmsgstr ""\n"Language: {lang}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        file.write(header.encode())
        write_po(file, catalogue, width=100, omit_header=True, no_location=True)


def main() -> int:
    """Update both catalogues; return how many Swedish translations are missing."""
    texts = extracted()
    write("en", {text: text for text in texts})
    swedish = translations("sv")
    write("sv", {text: swedish.get(text, "") for text in texts})
    missing = sorted(text for text in texts if not swedish.get(text))
    for text in missing:
        sys.stdout.write(f"not translated: {text}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
