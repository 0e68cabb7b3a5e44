"""The columns of each kind of file: what they are called on the sheet and in code, and how a cell is understood.

The tables below are what the template, the import and the export all read.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from endpoints_registry import vietnamese
from endpoints_registry.sheets import Cell
from endpoints_registry.words import CATEGORIES, LEVELS, MODES, ROLES, STAFF_ROLES, TYPES

Value = str | int | date | None


class Misread(Exception):
    """The cell cannot be what its column asks for; the message says what was found and what is expected."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in code and English files, its Vietnamese heading, how a cell is read, what it is for."""

    key: str
    heading: str
    read: Callable[[Cell], Value]
    needed: bool = False
    """The file is refused without this column, and the row without this cell."""
    hint: str = ""
    example: str = ""
    also: tuple[str, ...] = ()
    """Other names that files give it."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.key, self.heading, *self.also)


OUR_OWN = frozenset({"", "stt", "tt", "ghi chu"})
"""Headings of columns that people add for themselves; any other unknown heading is a fault, lest a figure get lost."""


def text(most: int) -> Callable[[Cell], str]:
    """Reads a line of at most so many letters, NFC, without needless blanks. What it reads from raises Misread."""

    def read(cell: Cell) -> str:
        shown = vietnamese.proper(_shown(cell))
        if len(shown) > most:
            raise Misread(f"dài {len(shown)} ký tự, tối đa {most}")
        return shown

    return read


def code(cell: Cell) -> str:
    """An official code, its leading zeros kept; "" for an empty cell. Raises Misread."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise Misread(
            f"«{_shown(cell)}» là số nên có thể đã mất số 0 ở đầu; hãy định dạng cột là Văn bản (Text) rồi nhập lại"
        )
    shown = _shown(cell).strip()
    if shown and not _CODE.fullmatch(shown):
        raise Misread(
            f"«{shown[:40]}» không phải mã; mã gồm tối đa 20 chữ cái không dấu, chữ số, dấu gạch nối hoặc dấu chấm"
        )
    return shown


_CODE = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.-]{0,18}[0-9A-Za-z])?")


def phone(cell: Cell) -> str:
    """A telephone number as it is written, for it is text; "" for an empty cell. Raises Misread."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise Misread(
            f"«{_shown(cell)}» là số nên có thể đã mất số 0 ở đầu; hãy định dạng cột là Văn bản (Text) rồi nhập lại"
        )
    shown = vietnamese.proper(_shown(cell))
    digits = sum(c in "0123456789" for c in shown)
    if shown and not (_PHONE.fullmatch(shown) and 3 <= digits <= 24):
        raise Misread(f"«{shown[:40]}» không phải số điện thoại")
    return shown


_PHONE = re.compile(r"[+(]?[0-9][0-9 .()/,+-]{0,38}")


def whole(most: int) -> Callable[[Cell], int | None]:
    """Reads a number from 0 to `most`; None for an empty cell. What it reads from raises Misread."""

    def read(cell: Cell) -> int | None:
        shown = _shown(cell).strip()
        if not shown:
            return None
        # 1.200 is one thousand two hundred here.
        plain = shown.replace(".", "") if _GROUPED.fullmatch(shown) and isinstance(cell, str) else shown
        if not (plain.isascii() and plain.isdigit()):
            raise Misread(f"«{shown[:40]}» không phải số nguyên từ 0 trở lên")
        if len(plain) > 9 or int(plain) > most:
            raise Misread(f"{shown[:40]} quá lớn, tối đa {most}")
        return int(plain)

    return read


_GROUPED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")


def day(cell: Cell) -> date | None:
    """A date, 01/07/2025 or 2025-07-01; None for an empty cell. Raises Misread."""
    shown = _shown(cell).strip()
    if not shown:
        return None
    if found := _DAY.fullmatch(shown):
        year, month, number = found["y"] or found["Y"], found["m"] or found["M"], found["d"] or found["D"]
        try:
            read = date(int(year), int(month), int(number))
        except ValueError:
            pass
        else:
            if 1900 <= read.year <= 2200:
                return read
    raise Misread(f"«{shown[:40]}» không phải ngày; hãy viết dd/mm/yyyy, ví dụ 01/07/2025")


_DAY = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<D>\d{1,2})[/.-](?P<M>\d{1,2})[/.-](?P<Y>\d{4})", re.ASCII
)


def one_of(words: Mapping[str, str], also: Mapping[str, str] = MappingProxyType({})) -> Callable[[Cell], str]:
    """A word of a closed list, by its key or by its Vietnamese name (or `also`'s), with or without accents."""
    known = {vietnamese.fold(name): key for key, name in words.items()}
    known |= {vietnamese.fold(name): key for name, key in also.items()} | {key: key for key in words}

    def read(cell: Cell) -> str:
        shown = vietnamese.proper(_shown(cell))
        if not shown:
            return ""
        if key := known.get(vietnamese.fold(shown)):
            return key
        raise Misread(f"«{shown[:40]}» không có trong danh sách: {'; '.join(words.values())}")

    return read


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case _:
            return str(cell)


UNITS: Sequence[Column] = (
    Column("code", "Mã đơn vị", code, needed=True, hint="Mã của cơ quan thống kê, giữ số 0 ở đầu", example="00004"),
    Column("name", "Tên đơn vị", text(300), needed=True, example="Phường Trúc Bạch"),
    Column(
        "level",
        "Cấp",
        one_of(LEVELS, {"Quận": "district", "Huyện": "district", "Thị xã": "district"}),
        needed=True,
        hint="; ".join(LEVELS.values()),
        example="Phường",
    ),
    Column("parent_code", "Mã đơn vị cấp trên", code, hint="Để trống nếu là cấp cao nhất", example="001"),
    Column("valid_from", "Có từ ngày", day, hint="dd/mm/yyyy, để trống nếu không rõ"),
    Column("valid_to", "Đến hết ngày", day, hint="dd/mm/yyyy, để trống nếu đang còn"),
)
SUCCESSORS: Sequence[Column] = (
    Column("code", "Mã đơn vị cũ", code, needed=True, example="00004"),
    Column("successor_code", "Mã đơn vị mới", code, needed=True, example="00008"),
    Column("on_day", "Kể từ ngày", day, needed=True, hint="Ngày đầu tiên của đơn vị mới", example="01/07/2025"),
)
POINTS: Sequence[Column] = (
    Column("code", "Mã điểm cầu", code, hint="<mã đơn vị>-<số thứ tự>; để trống khi thêm mới", example="00004-01"),
    Column("unit_code", "Mã đơn vị", code, hint="Cần khi để trống mã điểm cầu", example="00004"),
    Column("name", "Tên điểm cầu", text(300), needed=True, example="Phường Trúc Bạch"),
    Column("type", "Loại", one_of(TYPES), hint="; ".join(TYPES.values()), example="Xã, phường, thị trấn"),
    Column("hall_address", "Địa chỉ hội trường", text(500), example="Số 2 phố Trấn Vũ", also=("address",)),
    Column("seats", "Số chỗ ngồi", whole(100_000), example="120"),
    Column(
        "reception_mode",
        "Hình thức tiếp nhận",
        one_of(MODES),
        hint="; ".join(MODES.values()),
        example="Trực tuyến hai chiều",
    ),
    Column("area", "Khu vực", text(100), hint="Để gộp sự cố cùng nơi", example="Ba Đình 1"),
    Column("provider", "Nhà mạng", text(100), hint="Để gộp sự cố cùng nhà mạng", example="VNPT"),
    Column("feeder", "Lộ điện", text(100), hint="Để gộp sự cố mất điện", example="471 E1.9"),
    *(
        column
        for role, called in ROLES.items()
        for column in (
            Column(f"{role}_name", called, text(200), example="Nguyễn Văn An"),
            Column(
                f"{role}_phone",
                f"Điện thoại {called[0].lower()}{called[1:]}",
                phone,
                hint="Dạng văn bản",
                example="0900 000 001",
            ),
        )
    ),
)
EXPECTED: Sequence[Column] = (
    Column("conference", "Mã hội nghị", text(64), needed=True, example="hoc-tap-2026-03"),
    Column("sitting", "Buổi", text(20), needed=True, hint="ngày và buổi: am, pm, ev", example="2026-03-07-am"),
    Column("point", "Mã điểm cầu", code, needed=True, example="00004-01"),
    Column("expected", "Số triệu tập", whole(100_000), example="64"),
    Column("reception_mode", "Hình thức tiếp nhận buổi này", one_of(MODES), hint="Để trống nếu như thường lệ"),
)
ROSTER: Sequence[Column] = (
    Column("person", "Mã đại biểu", code, hint="Do hệ thống đặt; để trống khi thêm mới"),
    Column("point", "Mã điểm cầu", code, needed=True, hint="Điểm cầu nơi người này dự", example="00004-01"),
    Column("name", "Họ và tên", text(300), needed=True, example="Nguyễn Thị Bình", also=("Họ tên",)),
    Column("position", "Chức vụ", text(300), example="Phó Bí thư Đảng ủy", also=("Chức danh",)),
    Column("category", "Thành phần", one_of(CATEGORIES), hint="; ".join(CATEGORIES.values()), example="Cấp ủy viên"),
    Column("unit", "Đơn vị công tác", text(300), example="Đảng ủy phường Trúc Bạch"),
    Column("own_code", "Mã riêng", text(40), hint="Không bắt buộc; cần khi hai người cùng tên, cùng chức vụ"),
)
ACCOUNTS: Sequence[Column] = (
    Column("username", "Tên đăng nhập", text(64), needed=True, hint="Không dấu, không cách", example="an.badinh"),
    Column("name", "Họ và tên", text(200), needed=True, example="Nguyễn Thị An"),
    Column("role", "Vai trò", one_of(STAFF_ROLES), hint="Để trống là Điều phối", example="Điều phối"),
    Column("scope", "Phụ trách", code, hint="Mã đơn vị hoặc mã cụm; để trống nếu phụ trách toàn bộ", example="001"),
)
GIVEN: Sequence[Column] = (*ACCOUNTS, Column("password", "Mật khẩu một lần", text(40)))
"""The accounts that a file has made, with what opens each for the first time."""
KINDS: Mapping[str, Sequence[Column]] = {
    "units": UNITS,
    "successors": SUCCESSORS,
    "points": POINTS,
    "expected": EXPECTED,
}
"""The tables of the registry's own files."""
EVERY_KIND: Mapping[str, Sequence[Column]] = {**KINDS, "roster": ROSTER, "accounts": ACCOUNTS, "given": GIVEN}
"""And those that are files of their own: a conference's list of people, the staff's accounts."""
TITLES: Mapping[str, str] = {
    "units": "Đơn vị",
    "successors": "Đơn vị kế tiếp",
    "points": "Điểm cầu",
    "expected": "Số triệu tập",
    "roster": "Danh sách đại biểu",
    "accounts": "Tài khoản",
    "given": "Mật khẩu một lần",
}


def headed(columns: Sequence[Column], header: Sequence[str]) -> Mapping[int, Column]:
    """Which column stands where, by key or by heading with or without accents; what is unknown is left out."""
    known = {vietnamese.fold(name): column for column in columns for name in column.names}
    found = ((place, known.get(vietnamese.fold(called.rstrip(" *")))) for place, called in enumerate(header))
    return {place: column for place, column in found if column is not None}


def unknown(columns: Sequence[Column], header: Sequence[str]) -> Sequence[str]:
    """The headings that stand for nothing here."""
    standing = headed(columns, header)
    return [c for place, c in enumerate(header) if place not in standing and vietnamese.fold(c) not in OUR_OWN]


def lacking(kind: str, header: Sequence[str]) -> Sequence[str]:
    """The headings without which this kind of table cannot be read."""
    there = {column.key for column in headed(EVERY_KIND[kind], header).values()}
    missing = [column.heading for column in EVERY_KIND[kind] if column.needed and column.key not in there]
    if kind == "points" and not there & {"code", "unit_code"}:
        missing.append("Mã điểm cầu")
    return missing


def nearest(header: Sequence[str], among: Collection[str] = KINDS.keys()) -> str | None:
    """The kind that knows most of the headings, a complete one first; None if no kind knows any."""
    known = {kind: len(headed(EVERY_KIND[kind], header)) for kind in among}
    best = max(among, key=lambda kind: (known[kind], -len(lacking(kind, header))))
    return best if known[best] else None
