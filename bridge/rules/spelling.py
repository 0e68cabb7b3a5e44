"""How numbers are written in Vietnamese."""


def figure(number: int) -> str:
    """52.614"""
    return f"{number:,}".replace(",", ".")


def percent(part: int, whole: int) -> str:
    """`95,3%`: to one place, halves up, and never rounded to a whole that is not one."""
    tenths = (2_000 * part + whole) // (2 * whole)
    if part < whole:
        tenths = min(tenths, 999)
    return f"{tenths // 10},{tenths % 10}%"
