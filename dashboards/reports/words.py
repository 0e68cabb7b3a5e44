"""What a report calls things: the words of an office, where they differ from those of a screen."""

from collections.abc import Iterable, Mapping

from bridge.rules.incidents import Status
from bridge.rules.model import Mode, PointType, RoundName, Unit
from bridge.rules.severity import Severity
from bridge.rules.trouble import Trouble

TYPES: Mapping[PointType, str] = {
    PointType.CITY_HALL: "Điểm cầu Thành phố",
    PointType.DISTRICT: "Quận, huyện, thị xã",
    PointType.DIRECT_UNIT: "Đảng ủy trực thuộc",
    PointType.COMMUNE: "Xã, phường, thị trấn",
    PointType.EXTRA_HALL: "Hội trường bổ sung",
}
MODES: Mapping[Mode, str] = {
    Mode.MAIN_HALL: "Hội trường chính",
    Mode.TWO_WAY: "Trực tuyến hai chiều",
    Mode.STREAM: "Xem luồng phát",
    Mode.TV: "Truyền hình",
    Mode.RADIO: "Truyền thanh",
}
ROUNDS: Mapping[RoundName, str] = {
    RoundName.OPENING: "Đầu giờ",
    RoundName.MIDDLE: "Giữa giờ",
    RoundName.CLOSING: "Cuối giờ",
}
TROUBLES: Mapping[Trouble, str] = {
    Trouble.NO_SOUND: "Mất âm thanh",
    Trouble.NO_PICTURE: "Mất hình ảnh",
    Trouble.LOST: "Mất tín hiệu",
    Trouble.FLAPPING: "Đường truyền chập chờn",
    Trouble.NOT_RECEIVING: "Không nhận được luồng phát",
    Trouble.POWER_CUT: "Mất điện",
    Trouble.OTHER: "Sự cố khác",
    Trouble.CENTRE: "Gián đoạn tại trung tâm",
}
"""In the order in which a report tells them: what a hall bears alone first, ours last."""
SEVERITIES: Mapping[Severity, str] = {
    Severity.MINOR: "Nhỏ",
    Severity.MAJOR: "Lớn",
    Severity.CRITICAL: "Nghiêm trọng",
}
STATUSES: Mapping[Status, str] = {
    Status.OPEN: "Chưa tiếp nhận",
    Status.ACKNOWLEDGED: "Đang xử lý",
    Status.RESOLVED: "Đã khắc phục",
}
OUTAGES: Mapping[str, str] = {
    "lost": "Điểm cầu mất tín hiệu",
    "silence": "Điểm cầu mất tín hiệu",
    "not_back": "Điểm cầu không nối lại được",
    "flapping": "Đường truyền chập chờn",
    "left": "Rời đường truyền",
    "restart": "Máy chủ khởi động lại",
    "centre_outage": "Gián đoạn tại trung tâm",
}
_LEVELS: Mapping[str, str] = {
    "commune": "xã",
    "ward": "phường",
    "township": "thị trấn",
    "special_zone": "đặc khu",
}


def types(units: Iterable[Unit]) -> Mapping[PointType, str]:
    """What the types of points are called in this tree: there have been no townships since 1/7/2025."""
    levels = {unit.level for unit in units}
    found = ", ".join(word for level, word in _LEVELS.items() if level in levels)
    return {**TYPES, PointType.COMMUNE: found[:1].upper() + found[1:]} if found else TYPES
