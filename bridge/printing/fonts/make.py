"""The printed sheets' typeface: the board's own cut of Be Vietnam Pro, unpacked, since a typesetter reads no woff2.

Latin and Vietnamese in one file a weight (SIL Open Font License 1.1; OFL.txt beside). Run after the board's fonts were
made:  python bridge/printing/fonts/make.py
"""

import shutil
from pathlib import Path

from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
BOARD = HERE.parents[2] / "dashboards" / "static" / "fonts"
WEIGHTS = (400, 600)


def main() -> None:
    for weight in WEIGHTS:
        # Without the stamp of the moment: made twice, the file is the same.
        font = TTFont(BOARD / f"be-vietnam-pro-{weight}.woff2", recalcTimestamp=False)
        font.flavor = None
        font.save(HERE / f"be-vietnam-pro-{weight}.ttf")
    shutil.copyfile(BOARD / "OFL.txt", HERE / "OFL.txt")


if __name__ == "__main__":
    main()
