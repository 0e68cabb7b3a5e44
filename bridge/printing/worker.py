"""Typesets one document in a process of its own, run as `python worker.py CPU_SECONDS < asked > answer`.

Thousands of badges are seconds of work and a lot of memory: here that is a child which ends afterwards, and no hall
waits for it. Standard input is MessagePack {"document", "said"}, standard output, after four bytes of
length, {"pdf"} or {"refused": why}. This file
is run by its path and imports nothing of ours.
"""

import io
import json
import resource
import sys
from pathlib import Path
from typing import Any

import msgspec
import segno
import typst

HERE = Path(__file__).parent
MEMORY = 3_000_000_000
# Any mask is as right as the best one, and to look for the best takes ten times as long.
MASK = 3


class Refused(Exception):
    """The document was not typeset, or not as it should be."""


def typeset(document: str, said: dict[str, Any], ppi: float | None = None) -> bytes:
    """The PDF, or with so many pixels per inch the one page as PNG: the same bytes for the same words, and none at all if anything had to be guessed."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(HERE / "fonts")])
    compiler = typst.Compiler(
        str(HERE / f"{document}.typ"),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
    )
    pdf, warnings = (
        compiler.compile_with_warnings(format="pdf", timestamp=0)
        if ppi is None
        else compiler.compile_with_warnings(format="png", ppi=ppi)
    )
    if warnings:
        raise Refused("; ".join(warning.message for warning in warnings))
    if not isinstance(pdf, bytes):
        raise Refused("no document came out")
    return pdf


def drawn(text: str, error: str) -> str:
    """A QR code as SVG, with its quiet zone."""
    out = io.BytesIO()
    code = segno.make(text, error=error, micro=False, boost_error=False, mask=MASK)
    code.save(out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue().decode()


def main() -> None:
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read())
    # A badge is small, worn and scratched; a link is long, and large on its paper.
    for drawn_on, error in (("people", "h"), ("halls", "m")):
        for one in asked["said"].get(drawn_on, ()):
            if "code" in one:
                one["code"] = drawn(one["code"], error)
    answer: dict[str, object]
    try:
        answer = {"pdf": typeset(asked["document"], asked["said"], asked.get("ppi"))}
    except (Refused, typst.TypstError) as refusal:
        answer = {"refused": str(refusal)}
    said = msgspec.msgpack.encode(answer)
    sys.stdout.buffer.write(len(said).to_bytes(4, "big") + said)


if __name__ == "__main__":
    main()
