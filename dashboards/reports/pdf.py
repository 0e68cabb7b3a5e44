"""A report as a PDF that prints the same in five years: its typeface inside, tagged, without the moment of its making."""

from pathlib import Path
from typing import Final

import msgspec
import typst

from dashboards.reports.document import document
from dashboards.reports.figures import Figures
from dashboards.reports.form import Form

HERE = Path(__file__).parent
STANDARDS: Final = "ua-1"
"""Tagged, as a screen reader needs it."""


class Unset(Exception):
    """The typesetter had to guess, or could not set it; the message says what."""


def write(figures: Figures, form: Form) -> bytes:
    """The same bytes for the same figures and form. Raises Unset."""
    told = document(figures, form)
    said = msgspec.to_builtins(told) | {"called": form.called}
    return set_in_type("report", said, told.settled_ms // 1000)


def set_in_type(name: str, said: object, at_s: int) -> bytes:
    """One of our documents with these words in it. A guess is an error: a letter that the typeface lacks, above all."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")])
    compiler = typst.Compiler(
        str(HERE / f"{name}.typ"),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"said": msgspec.json.encode(said).decode()},
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
