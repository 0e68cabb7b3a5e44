"""A report as a PDF that prints the same in five years: its typeface inside, tagged, without the moment of its making."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from dashboards.reports.document import document
from dashboards.reports.figures import Figures
from dashboards.reports.fitting import fitted
from dashboards.reports.form import Form

HERE = Path(__file__).parent
STANDARDS: Final = "ua-1"
"""Tagged, as a screen reader needs it; a letter that cannot be shown is an error."""
UNKNOWN = "\u25a1"
"""Stands where a name has a letter that the typeface lacks, as 😀: seen, and no report fails for it."""
BREAK = "\u200b"
_LONG = re.compile(r"\S{24,}")


class Unset(Exception):
    """The typesetter had to guess, or could not set it; the message says what."""


def write(figures: Figures, form: Form) -> bytes:
    """The same bytes for the same figures and form. Raises Unset."""
    told = fitted(document(figures, form))
    return set_in_type("report", msgspec.to_builtins(told) | {"called": form.called}, told.settled_ms // 1000)


def set_in_type(name: str, said: object, at_s: int) -> bytes:
    """One of our documents with these words in it. Whatever the typesetter warns of is an error."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")])
    compiler = typst.Compiler(
        str(HERE / f"{name}.typ"),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"said": msgspec.json.encode(printable(said)).decode()},
    )
    try:
        made, warnings = compiler.compile_with_warnings(format="pdf", timestamp=at_s, pdf_standards=STANDARDS)
    except typst.TypstError as failed:
        raise Unset(str(failed)) from failed
    if warnings:
        raise Unset("; ".join(warning.message for warning in warnings))
    if not isinstance(made, bytes):
        raise Unset("no document came out")
    return made


def printable(said: Any) -> Any:
    """The same words with every letter one that can be printed, and long ones able to break."""
    match said:
        case str():
            shown = said if known().issuperset(said) else "".join(_shown(letter) for letter in said)
            # A word longer than any of ours may break anywhere: it must not run over the next cell.
            return _LONG.sub(lambda found: BREAK.join(found[0]), shown)
        case dict():
            return {key: printable(each) for key, each in said.items()}
        case list() | tuple():
            return [printable(each) for each in said]
        case _:
            return said


def _shown(letter: str) -> str:
    return letter if letter in known() else " " if not letter.isprintable() else UNKNOWN


@cache
def known() -> frozenset[str]:
    """The letters of the typeface, from what was written down of it."""
    ranges = (line.split("-") for line in (HERE / "fonts" / "letters.txt").read_text(encoding="ascii").split())
    # Not the controls: a typeface may know them, a page does not.
    return frozenset(
        chr(code) for first, last in ranges for code in range(max(0x20, int(first, 16)), int(last, 16) + 1)
    )
