"""Who answers the phone on a sample's day: invented people, with numbers that ring nowhere."""

from datetime import datetime

from endpoints_registry.samples.growing import DARK_AREA, Sample, Unit, short
from endpoints_registry.shifts import Shift

NEAR = ("Đinh Mạnh Cường", "Khuất Thị Lan", "Kiều Ngọc Sơn", "Chu Thanh Hương", "Ngô Tiến Đạt", "Hồ Minh Nguyệt")
"""Each answers for one unit right below the city, in the order of the registry."""
IN_THE_DARK = "Phùng Văn Thắng"
"""Answers where the power will fail."""


def roster(sample: Sample, starts_at: datetime, ends_at: datetime) -> tuple[Shift, ...]:
    """Two people one after the other for lines, one for figures all day long, and some near their own halls."""
    noon = starts_at + (ends_at - starts_at) / 2
    for_all = (
        Shift("Phan Thị Vân", _phone(1), "số liệu báo cáo", starts_at, ends_at),
        Shift("Đặng Quang Minh", _phone(2), "kỹ thuật đường truyền", starts_at, noon),
        Shift("Tạ Thu Hà", _phone(3), "kỹ thuật đường truyền", noon, ends_at),
    )
    near_by = tuple(
        Shift(name, _phone(10 + number), f"hỗ trợ tại {short(unit.name)}", starts_at, ends_at, unit.code)
        for number, (name, unit) in enumerate(near(sample))
    )
    return (*for_all, *near_by)


def near(sample: Sample) -> list[tuple[str, Unit]]:
    """Who answers for units right below the city that have others below them: the first few, and the one in the dark."""
    parents = {unit.parent_code for unit in sample.units}
    below = [unit for unit in sample.units if unit.parent_code == sample.units[0].code and unit.code in parents]
    first = below[: len(NEAR)]
    dark = [unit for unit in below if short(unit.name) == DARK_AREA and unit not in first]
    return list(zip((*NEAR[: len(first)], IN_THE_DARK), (*first, *dark), strict=False))


def _phone(number: int) -> str:
    # 0900 was never given to anyone: a demo must not ring a stranger.
    return f"0900 999 {number:03d}"
