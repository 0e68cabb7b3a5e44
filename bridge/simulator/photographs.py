"""A hall as its phone sees it: drawn, for nobody must be recognised in a play."""

import io
import random

from PIL import Image, ImageDraw, ImageFilter

WIDE, HIGH = 960, 720
HORIZON = 300
FLOOR, WALL, STAGE, CLOTH, SCREEN = "#6d5a48", "#cfc6b4", "#8b6f4e", "#9c1f24", "#e8eef2"
COATS = ("#2f3a46", "#3d4a3a", "#4a3f4f", "#5b4a3a", "#38424a", "#6b6f74", "#1f2a36", "#7a7f86")
HAIR = ("#17130f", "#221b16", "#3a322b", "#6e6a66")
SKIN = ("#c79a78", "#b98b68", "#d3a987")
ROWS = 8
QUALITY = 78


def photographed(code: str) -> bytes:
    """A JPEG of some tens of kB: rows of people from behind, a screen, a stage. The same hall looks the same again."""
    die = random.Random(f"photograph:{code}")  # noqa: S311 - a play's choices, not a secret
    picture = Image.new("RGB", (WIDE, HIGH), WALL)
    pen = ImageDraw.Draw(picture)
    pen.polygon([(0, HIGH), (0, 420), (150, HORIZON), (WIDE - 150, HORIZON), (WIDE, 420), (WIDE, HIGH)], fill=FLOOR)
    pen.rectangle((170, 60, WIDE - 170, HORIZON - 40), fill=CLOTH)
    pen.rectangle((250, 80, WIDE - 250, HORIZON - 70), fill=SCREEN)
    # Somebody speaks at the centre.
    pen.ellipse((WIDE / 2 - 26, 112, WIDE / 2 + 26, 168), fill=SKIN[0])
    pen.rounded_rectangle((WIDE / 2 - 60, 166, WIDE / 2 + 60, HORIZON - 70), 26, fill=COATS[0])
    pen.rectangle((170, HORIZON - 40, WIDE - 170, HORIZON + 10), fill=STAGE)
    for row in range(ROWS):
        _row(pen, die, row)
    light = die.uniform(0.9, 1.05)
    blurred = picture.filter(ImageFilter.GaussianBlur(1.2)).point(lambda level: min(255, round(level * light)))
    out = io.BytesIO()
    blurred.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _row(pen: ImageDraw.ImageDraw, die: random.Random, row: int) -> None:
    """The nearer, the larger."""
    near = (row + 1) / ROWS
    head = 9 + 34 * near
    feet = HORIZON + 40 + (HIGH - HORIZON - 20) * near**1.4
    seats = 14 - row // 2
    left, right = 150 * (1 - near), WIDE - 150 * (1 - near)
    step = (right - left) / seats
    for seat in range(seats):
        # The aisle in the middle stays free, and some seat always does.
        if abs(seat - (seats - 1) / 2) < 0.8 or die.random() < 0.06:
            continue
        x = left + step * (seat + 0.5) + die.uniform(-0.08, 0.08) * step
        y = feet - head * die.uniform(1.9, 2.15)
        coat, hair = die.choice(COATS), die.choice(HAIR)
        pen.rounded_rectangle((x - head * 1.25, y + head * 0.7, x + head * 1.25, feet + head), head * 0.7, fill=coat)
        pen.rectangle((x - head * 0.3, y + head * 0.3, x + head * 0.3, y + head * 0.9), fill=die.choice(SKIN))
        pen.ellipse((x - head * 0.66, y - head * 0.75, x + head * 0.66, y + head * 0.65), fill=hair)
