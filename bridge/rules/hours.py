"""The day and the hour in the hall, whatever the server's clock is set to."""

from datetime import datetime, timedelta, timezone

HANOI = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh has one offset and no daylight saving: every time we show is in it."""


def in_the_hall(ms: int) -> datetime:
    """A moment, to the second, as the hall's clock shows it."""
    return datetime.fromtimestamp(ms // 1000, HANOI)


def clock_of(ms: int) -> str:
    """As people say it: `08:02`."""
    return f"{in_the_hall(ms):%H:%M}"


def day_of(ms: int) -> str:
    """`2026-03-07`"""
    return f"{in_the_hall(ms):%Y-%m-%d}"
