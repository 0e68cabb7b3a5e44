"""Writes down which letters Tinos has in all four cuts (`letters.txt`: ranges, hexadecimal), so that nobody asks the font.

python -m dashboards.reports.fonts.make
"""

from pathlib import Path

from fontTools.ttLib import TTFont

HERE = Path(__file__).parent


def letters() -> str:
    """The ranges, one a line: `20-7e`."""
    known = set.intersection(*(set(TTFont(font).getBestCmap()) for font in sorted(HERE.glob("*.ttf"))))
    told: list[list[int]] = []
    for code in sorted(known):
        if told and told[-1][1] == code - 1:
            told[-1][1] = code
        else:
            told.append([code, code])
    return "".join(f"{first:x}-{last:x}\n" for first, last in told)


if __name__ == "__main__":
    (HERE / "letters.txt").write_text(letters(), encoding="ascii")
