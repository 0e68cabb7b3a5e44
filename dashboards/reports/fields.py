"""What a Word template may ask for, by the names that stand in it between {{ and }}."""

from collections.abc import Mapping

from dashboards.reports import spelling
from dashboards.reports.document import Document
from dashboards.reports.figures import Figures
from dashboards.reports.shares import shares

NEEDED: Mapping[str, str] = {
    "co_quan_cap_tren": "tên cơ quan cấp trên",
    "co_quan": "tên cơ quan ban hành",
    "so_ky_hieu": "số và ký hiệu",
    "dia_danh_ngay": "địa danh và ngày tháng",
    "trich_yeu": "trích yếu nội dung",
    "noi_dung": "nội dung báo cáo, viết {{p noi_dung }} ở một dòng riêng",
    "quyen_han": "quyền hạn ký thay, thừa lệnh",
    "chuc_vu": "chức vụ người ký",
    "nguoi_ky": "họ tên người ký",
    "noi_nhan": "nơi nhận, viết {%p for noi in noi_nhan %}",
    "phu_luc": "các phụ lục, viết {{p phu_luc }} ở một dòng riêng",
    "ma_kiem_tra": "mã kiểm tra của nhật ký",
}
"""Without one of these a report would lack what its form demands."""
MORE: Mapping[str, str] = {
    "hoi_nghi": "tên hội nghị",
    "phien_ban": "số phiên bản",
    "diem_cau": "số điểm cầu",
    "trieu_tap": "số triệu tập",
    "co_mat": "số có mặt",
    "vang_co_ly_do": "số vắng có lý do",
    "vang_khong_ly_do": "số vắng không lý do",
    "chua_bao_cao": "số chưa báo cáo",
    "khach_moi": "số khách mời",
    "ty_le_co_mat": "tỷ lệ có mặt",
}
"""For an office that writes its own sentences."""
KNOWN = frozenset({*NEEDED, *MORE})


def filled(figures: Figures, document: Document) -> dict[str, str | list[str]]:
    """Every field but the blocks."""
    people = figures.people
    present, *_ = shares((people.present, people.excused, people.unexcused, people.unreported))
    return {
        "co_quan_cap_tren": document.superior,
        "co_quan": document.body,
        "so_ky_hieu": document.number,
        "dia_danh_ngay": document.dated,
        "trich_yeu": document.about,
        "quyen_han": document.authority,
        "chuc_vu": document.signer_title,
        "nguoi_ky": document.signer,
        "noi_nhan": list(document.recipients),
        "ma_kiem_tra": document.proof,
        "hoi_nghi": figures.title,
        "phien_ban": str(figures.version),
        "diem_cau": spelling.number(figures.points),
        "trieu_tap": spelling.number(people.expected),
        "co_mat": spelling.number(people.present),
        "vang_co_ly_do": spelling.number(people.excused),
        "vang_khong_ly_do": spelling.number(people.unexcused),
        "chua_bao_cao": spelling.number(people.unreported),
        "khach_moi": spelling.number(people.guests),
        "ty_le_co_mat": spelling.percent(present),
    }
