"""The message catalogues: complete, consistent, without leftovers; and how texts are said."""

from __future__ import annotations

import importlib.util
import re
import string
from pathlib import Path
from types import ModuleType

import pytest

from tracegraph.messages import Message
from tracegraph.translate import Translator

ROOT = Path(__file__).resolve().parents[2]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages_tool", ROOT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = tool()
TEXTS: set[str] = TOOL.extracted()
SWEDISH: dict[str, str] = TOOL.translations("sv")


def places(text: str) -> set[str]:
    return {f"{name}!{conversion}:{form}" for _, name, form, conversion in string.Formatter().parse(text) if name}


def test_there_is_something_to_translate() -> None:
    assert len(TEXTS) > 500


def test_every_text_is_translated() -> None:
    missing = sorted(text for text in TEXTS if not SWEDISH.get(text))
    assert missing == [], "run tools/messages.py and translate what it lists"


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_no_catalogue_holds_texts_that_are_gone(lang: str) -> None:
    assert sorted(TOOL.translations(lang).keys() - TEXTS) == [], "run tools/messages.py"


def test_english_is_its_own_translation() -> None:
    english = TOOL.translations("en")
    assert english == {text: text for text in TEXTS}, "run tools/messages.py"


@pytest.mark.parametrize("text", sorted(SWEDISH))
def test_translations_have_the_same_places(text: str) -> None:
    assert places(SWEDISH[text]) == places(text)


@pytest.mark.parametrize("text", sorted(SWEDISH))
def test_commands_and_options_are_kept(text: str) -> None:
    options = re.findall(r"--[a-z-]+", text)
    assert sorted(re.findall(r"--[a-z-]+", SWEDISH[text])) == sorted(options)


@pytest.mark.parametrize("text", sorted(SWEDISH))
def test_ends_are_kept(text: str) -> None:
    """A full stop, a colon or a blank at the end is part of what the text is put into."""
    for mark in (".", ":", " ", "?"):
        assert SWEDISH[text].endswith(mark) == text.endswith(mark)


def test_catalogues_are_as_the_tool_writes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for lang in ("en", "sv"):
        before = TOOL.path_of(lang).read_bytes()
        monkeypatch.setattr(TOOL, "PACKAGE", tmp_path)
        TOOL.write(lang, SWEDISH if lang == "sv" else {text: text for text in TEXTS})
        assert TOOL.path_of(lang).read_bytes() == before
        monkeypatch.undo()


def test_no_text_hides_inside_an_f_string() -> None:
    """There the tool that takes texts from the code would not find it, and it would stay English."""
    sources = {
        path: path.read_text(encoding="utf-8") for folder in (TOOL.PACKAGE, TOOL.API) for path in folder.rglob("*.py")
    }
    assert [path.name for path, source in sources.items() if re.search(r"\{say\.(text|plural)\(['\"]", source)] == []


def test_no_word_of_the_model_is_misused() -> None:
    """Exposure is never called risk; a missing link is never called safe."""
    shown = [text for text in TEXTS if re.search(r"\brisk\b", text)]
    assert shown == ["A prioritised risk area, the same for every reader."]
    assert not [text for text in TEXTS if re.search(r"\b(safe|clean|free of)\b", text)]
    assert not [text for text in SWEDISH.values() if re.search(r"\b(säkert att|riskfri|fri från)\b", text)]


def test_a_message_is_said_with_its_values() -> None:
    message = Message("there is no command {name}; did you mean {near}?", {"name": "shwo", "near": "show"})
    assert Translator("sv").say(message) == "det finns inget kommando shwo; menade du show?"
    assert Translator("en").say(message) == str(message)


def test_what_has_no_translation_is_said_in_english() -> None:
    assert Translator("sv").text("surely not in any catalogue") == "surely not in any catalogue"
    assert Translator("fi").text("established") == "established"


def test_numbers_are_written_as_the_language_has_them() -> None:
    assert Translator("sv").number(1234567.5, 1) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567,5"
    assert Translator("en").number(1234567.5, 1) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567.5"
    assert Translator("en").text("{n} contracts", n=12345) == "12\N{NO-BREAK SPACE}345 contracts"
    assert Translator("en").text("{n} contracts", n=1234) == "1234 contracts"


def test_a_message_inside_a_message_is_translated_too() -> None:
    assert Translator("sv").text("Note: {note}", note=Message("established")) == "Obs: belagd"
