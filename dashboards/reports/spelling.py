"""How a Vietnamese document writes numbers, days and hours."""

from datetime import date, datetime

from bridge.rules.hours import HANOI
from bridge.rules.spelling import figure
from dashboards.reports.tables import Cell, Kind

FIRM = "\u00a0"
"""A space at which no line ends."""


def number(value: int) -> str:
    """52.614"""
    return figure(value)


def decimal(value: float) -> str:
    """95,3"""
    whole, _, tenth = f"{value:.1f}".partition(".")
    return f"{number(int(whole))},{tenth}" if value >= 0 else f"-{decimal(-value)}"


def percent(value: float) -> str:
    """95,3%"""
    return f"{decimal(value)}%"


def few(value: int) -> str:
    """A number of things in a sentence: 09, 28, 1.430."""
    return f"{value:02}" if 0 <= value < 10 else number(value)


def day(on: date) -> str:
    """`ngày 07 tháng 3 năm 2026`: days up to 9 and the months January and February have a nought before them."""
    return f"ngày {on.day:02} tháng {_month(on)} năm {on.year}"


def short_day(on: date) -> str:
    """07/3/2026, as in `buổi sáng ngày 07/3/2026`."""
    return f"{on.day:02}/{_month(on)}/{on.year}"


def _month(on: date) -> str:
    return f"{on.month:02}" if on.month <= 2 else str(on.month)


def local(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, HANOI)


def hour(ms: int) -> str:
    """08 giờ 20 phút"""
    return f"{local(ms):%H giờ %M phút}"


def lasting(ms: int) -> str:
    """40 giây, 6 phút, 1 giờ 12 phút: how long something took."""
    seconds = round(ms / 1000)
    if seconds < 60:
        return f"{seconds} giây"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{minutes} phút" if not hours else f"{hours} giờ {rest} phút" if rest else f"{hours} giờ"


def cell(value: Cell, kind: Kind) -> str:
    """A cell as text. What is not known is an empty one."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    match kind:
        case Kind.TEXT:
            return str(value)
        case Kind.INT:
            return number(round(value))
        case Kind.PERCENT | Kind.MINUTES:
            return decimal(value)
        case Kind.DATETIME:
            return f"{local(round(value)):%d/%m/%Y %H:%M}"
        case Kind.TIME:
            return f"{local(round(value)):%H:%M:%S}"
