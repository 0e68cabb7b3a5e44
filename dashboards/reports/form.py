"""The fields of a document that the office fills in: whose it is, its number, who signs, who receives it."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Line = Annotated[str, Meta(max_length=300)]


class FormKind(StrEnum):
    PARTY = "party"
    """Hướng dẫn 36-HD/VPTW."""
    STATE = "state"
    """Nghị định 30/2020/NĐ-CP, Phụ lục I."""


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: FormKind = FormKind.PARTY
    superior: Line = "THÀNH ỦY HÀ NỘI"
    body: Line = "BAN TUYÊN GIÁO VÀ DÂN VẬN"
    called: Line = "Ban Tuyên giáo và Dân vận Thành ủy"
    """The same body within a sentence."""
    number: Annotated[str, Meta(max_length=20)] = ""
    """Empty: a space is left for it to be written in by hand."""
    symbol: Annotated[str, Meta(max_length=60)] = "BC/BTGDVTU"
    place: Line = "Hà Nội"
    date: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = ""
    """ISO day of the document; empty: the day on which its figures were fixed."""
    title: Annotated[str, Meta(max_length=1_000)] = ""
    """What it is about (trích yếu); empty: in the report's own words."""
    basis: Annotated[str, Meta(max_length=1_000)] = "Thực hiện kế hoạch của Thành ủy"
    authority: Line = ""
    """On whose behalf it is signed: `K/T TRƯỞNG BAN`, `TM. ỦY BAN NHÂN DÂN`."""
    signer_title: Line = "TRƯỞNG BAN"
    signer: Line = ""
    recipients: Annotated[tuple[Line, ...], Meta(max_length=30)] = (
        "Thường trực Thành ủy (để báo cáo)",
        "Lưu Văn phòng",
    )


PARTY = Form()
STATE = Form(
    kind=FormKind.STATE,
    superior="",
    body="ỦY BAN NHÂN DÂN THÀNH\u00a0PHỐ\u00a0HÀ\u00a0NỘI",
    called="Ủy ban nhân dân Thành phố",
    symbol="BC-UBND",
    basis="Thực hiện kế hoạch của Thành phố",
    authority="TM. ỦY BAN NHÂN DÂN",
    signer_title="CHỦ TỊCH",
    recipients=("Thường trực Thành ủy", "Thường trực HĐND Thành phố", "Lưu: VT"),
)
"""What stands there until an office has written its own."""
SHIPPED = {FormKind.PARTY: PARTY, FormKind.STATE: STATE}
