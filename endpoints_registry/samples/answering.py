"""Who answers the phone on a sample's day: invented people, with numbers that ring nowhere."""

from datetime import datetime

from endpoints_registry.samples.growing import Sample, short
from endpoints_registry.shifts import Shift

NEAR = ("Đinh Mạnh Cường", "Khuất Thị Lan", "Kiều Ngọc Sơn", "Chu Thanh Hương", "Ngô Tiến Đạt", "Hồ Minh Nguyệt")
"""Each answers for one unit right below the city, in the order of the registry."""


def roster(sample: Sample, starts_at: datetime, ends_at: datetime) -> tuple[Shift, ...]:
    """Two people one after the other for lines, one for figures all day long, and some near their own halls."""
    noon = starts_at + (ends_at - starts_at) / 2
    for_all = (
        Shift("Phan Thị Vân", _phone(1), "số liệu báo cáo", starts_at, ends_at),
        Shift("Đặng Quang Minh", _phone(2), "kỹ thuật đường truyền", starts_at, noon),
        Shift("Tạ Thu Hà", _phone(3), "kỹ thuật đường truyền", noon, ends_at),
    )
    parents = {unit.parent_code for unit in sample.units}
    below = [unit for unit in sample.units if unit.parent_code == sample.units[0].code and unit.code in parents]
    near = tuple(
        Shift(name, _phone(10 + number), f"hỗ trợ tại {short(unit.name)}", starts_at, ends_at, unit.code)
        for number, (name, unit) in enumerate(zip(NEAR, below, strict=False))
    )
    return (*for_all, *near)


def _phone(number: int) -> str:
    # 0900 was never given to anyone: a demo must not ring a stranger.
    return f"0900 999 {number:03d}"
