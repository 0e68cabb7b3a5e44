"""The board's typeface, cut for the hall: Latin and Vietnamese in one file a weight, and digits that all stand equally wide.

Be Vietnam Pro has no tabular figures: "1111" is a third narrower than "8888", so a counter would shake. The second family
holds the same digits centred in cells of one width. Source: @fontsource/be-vietnam-pro (SIL Open Font License 1.1, no
reserved font name; OFL.txt beside). Run after `npm ci`:  python dashboards/static/fonts/make.py
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
PACKAGE = HERE.parents[2] / "node_modules" / "@fontsource" / "be-vietnam-pro"
WEIGHTS = (400, 500, 600)
DIGITS = "0123456789"
CELL = 0.66  # of an em, for every digit; the widest drawn digit is 0.62
FAMILY = "Be Vietnam Figures"


def source(subset: str, weight: int) -> Path:
    return PACKAGE / "files" / f"be-vietnam-pro-{subset}-{weight}-normal.woff2"


def kept(font: TTFont, characters: set[int]) -> TTFont:
    options = Options()
    options.layout_features = ["*"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    cutter = Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    return font


def text(weight: int, into: Path) -> None:
    """Latin and Vietnamese as one file, so that a word is never drawn from two."""
    latin = TTFont(source("latin", weight), recalcTimestamp=False)
    vietnamese = TTFont(source("vietnamese", weight), recalcTimestamp=False)
    extra = set(vietnamese.getBestCmap()) - set(latin.getBestCmap())
    with TemporaryDirectory() as folder:
        parts = []
        for name, font, characters in (("a", latin, set(latin.getBestCmap())), ("b", vietnamese, extra)):
            part = Path(folder) / f"{name}.ttf"
            cut = kept(font, characters)
            cut.flavor = None
            cut.save(part)
            parts.append(str(part))
        whole = Merger().merge(parts)
    whole.recalcTimestamp = False  # the same source is the same bytes
    whole["head"].created, whole["head"].modified = latin["head"].created, latin["head"].modified
    whole.flavor = "woff2"
    whole.save(into)


def figures(weight: int, into: Path) -> None:
    """The digits alone, each centred in a cell of one width."""
    font = kept(TTFont(source("latin", weight), recalcTimestamp=False), {ord(digit) for digit in DIGITS})
    cell = round(font["head"].unitsPerEm * CELL)
    names = font.getBestCmap()
    for digit in DIGITS:
        glyph = font["glyf"][names[ord(digit)]]
        wide = glyph.xMax - glyph.xMin
        left = (cell - wide) // 2
        glyph.coordinates.translate((left - glyph.xMin, 0))
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][names[ord(digit)]] = (cell, left)
    for table in ("GPOS", "GSUB", "GDEF", "kern"):
        if table in font:
            del font[table]
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY
    font.flavor = "woff2"
    font.save(into)


def main() -> None:
    for weight in WEIGHTS:
        text(weight, HERE / f"be-vietnam-pro-{weight}.woff2")
        figures(weight, HERE / f"be-vietnam-figures-{weight}.woff2")
    shutil.copyfile(PACKAGE / "LICENSE", HERE / "OFL.txt")


if __name__ == "__main__":
    main()
