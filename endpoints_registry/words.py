"""The closed lists of the registry and how people call them."""

from collections.abc import Mapping

LEVELS: Mapping[str, str] = {
    "city": "Thành phố",
    "province": "Tỉnh",
    "district": "Quận, huyện, thị xã",
    "direct_unit": "Đảng ủy trực thuộc",
    "ward": "Phường",
    "commune": "Xã",
    "township": "Thị trấn",
    "special_zone": "Đặc khu",
}
TYPES: Mapping[str, str] = {
    "city_hall": "Hội trường trung tâm",
    "district": "Quận, huyện, thị xã",
    "direct_unit": "Đảng ủy trực thuộc",
    "commune": "Xã, phường, thị trấn",
    "extra_hall": "Hội trường bổ sung",
}
MODES: Mapping[str, str] = {
    "main_hall": "Hội trường chính",
    "two_way": "Trực tuyến hai chiều",
    "stream": "Xem luồng phát",
    "tv": "Truyền hình",
    "radio": "Truyền thanh",
}
ROLES: Mapping[str, str] = {
    "chair": "Chủ trì",
    "operator": "Người phụ trách",
    "technician": "Cán bộ kỹ thuật",
    "secretary": "Thư ký",
}
STAFF_ROLES: Mapping[str, str] = {
    "admin": "Quản trị hệ thống",
    "organiser": "Ban tổ chức",
    "coordinator": "Điều phối",
    "inspector": "Kiểm tra",
    "viewer": "Chỉ xem",
}
ROUNDS: Mapping[str, str] = {"opening": "Đầu giờ", "middle": "Giữa giờ", "closing": "Cuối giờ"}
ORIGINS: Mapping[str, str] = {"central": "Trung ương", "city": "Thành phố"}
PARTS: Mapping[str, str] = {"am": "Buổi sáng", "pm": "Buổi chiều", "ev": "Buổi tối"}
CATEGORIES: Mapping[str, str] = {
    "leader": "Chủ chốt",
    "committee": "Cấp ủy viên",
    "member": "Đảng viên",
    "staff": "Cán bộ",
    "invited": "Khách mời",
    "other": "Khác",
}

TYPE_OF_LEVEL: Mapping[str, str] = {
    "city": "city_hall",
    "province": "city_hall",
    "district": "district",
    "direct_unit": "direct_unit",
    "ward": "commune",
    "commune": "commune",
    "township": "commune",
    "special_zone": "commune",
}
"""What a unit's first point is; its further ones are extra halls."""
