"""The demo day's reports, made once: version 1 as it was closed, version 2 with three corrections."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from bridge.rules.scene import Scene
from bridge.simulator.story import told
from bridge.simulator.timetable import at
from dashboards.reports import csv, docx, xlsx
from dashboards.reports.figures import Figures, Heads, encode, figures, signed_before
from dashboards.reports.form import PARTY, STATE
from dashboards.reports.jobs import Format
from dashboards.reports.pdf import HERE
from dashboards.reports.writing import written
from endpoints_registry.samples.growing import grown
from tests.played import Played
from tests.reports.offices import CHANGES, office

SIGNED, CORRECTED = at("14:10"), at("15:36")
HEADS = Heads(journal="a3" * 32, audit="b4" * 32)
OURS = msgspec.structs.replace(PARTY, number="12", signer="Nguyễn Văn Ổn")
THEIRS = msgspec.structs.replace(STATE, number="12", signer="Trần Thị Đượm")

_LONG = {
    "superior": "ĐẢNG BỘ THÀNH PHỐ HÀ NỘI",
    "body": "BAN TUYÊN GIÁO VÀ DÂN VẬN THÀNH ỦY - BAN CHỈ ĐẠO HỌC TẬP NGHỊ QUYẾT",
    "place": "Thành phố Hà Nội",
    "title": "kết quả tổ chức Hội nghị trực tuyến toàn thành phố học tập, quán triệt và triển khai thực hiện Nghị quyết "
    "Đại hội đại biểu toàn quốc lần thứ XIV của Đảng, sáng 07/3/2026",
    "signer_title": "PHÓ TRƯỞNG BAN THƯỜNG TRỰC",
    "signer": "Nguyễn Phúc Hoàng Trần Thị Đượm Phương Uyên",
    "recipients": (
        "Thường trực Thành ủy (để báo cáo)",
        "Ban Tuyên giáo và Dân vận Trung ương (để báo cáo)",
        "Văn phòng Thành ủy, các ban đảng Thành ủy",
        "Các đảng ủy trực thuộc Thành ủy; các quận, huyện, thị ủy",
        "Lưu: VT, LLCT-LSĐ",
    ),
}
FORMS = {"party": OURS, "state": THEIRS} | {
    f"{form.kind}-long": msgspec.structs.replace(form, **_LONG) for form in (OURS, THEIRS)
}
"""As they are mostly, and with everything in them as long as it gets."""

TALLER = (*((OURS, change) for change in CHANGES), (THEIRS, "emblem"), (THEIRS, "beyond"))
"""Forms in an office's own template, and what is otherwise in it."""

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{fonts}</dir>
<cachedir>{cache}</cachedir><match target="pattern"><test name="family"><string>Times New Roman</string></test>
<edit name="family" mode="assign" binding="strong"><string>Tinos</string></edit></match></fontconfig>"""


@pytest.fixture(scope="session")
def played() -> Played:
    return Played(told(grown("hanoi-2023")))


@pytest.fixture(scope="session")
def scene(played: Played) -> Scene:
    return played.scene()


@pytest.fixture(scope="session")
def first(played: Played) -> Figures:
    return figures(played.scene(SIGNED), SIGNED, heads=HEADS)


@pytest.fixture(scope="session")
def second(scene: Scene, first: Figures) -> Figures:
    return figures(scene, CORRECTED, version=2, before=signed_before(encode(first), SIGNED), heads=HEADS)


@pytest.fixture(scope="session")
def files(second: Figures) -> Mapping[Format, bytes]:
    """All five formats of version 2, in the Party's form."""
    return asyncio.run(written(second, OURS, list(Format))).files


def short(told: Figures) -> Figures:
    """The same without its longest table, for those who look at something else."""
    return msgspec.structs.replace(told, tables=tuple(each for each in told.tables if each.name != "by_point"))


def leading(told: Figures) -> Figures:
    """The same with hardly more than what its first page speaks of."""
    kept = ("by_unit", "by_type", "differences", "connectivity", "incidents")
    return msgspec.structs.replace(told, tables=tuple(each for each in told.tables if each.name in kept))


@pytest.fixture(scope="session")
def brief(first: Figures) -> Figures:
    return short(first)


@pytest.fixture(scope="session")
def state_docx(brief: Figures) -> bytes:
    return docx.write(brief, THEIRS)


@pytest.fixture(scope="session")
def offered(
    first: Figures, second: Figures, state_docx: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, bytes]:
    """What a real office makes of the files: each opened and exported as PDF, in one run with a profile of its own."""
    folder = tmp_path_factory.mktemp("office")
    told = short(second)
    names = {"party.docx": docx.write(told, OURS), "state.docx": state_docx}
    names |= {"report.xlsx": xlsx.write(told, OURS), "list.csv": csv.write(told, OURS)}
    names |= {f"{name}-2.docx": docx.write(leading(second), form) for name, form in FORMS.items()}
    names |= {
        f"{form.kind}-{change}.docx": docx.write(leading(second), form, office(form.kind, change))
        for form, change in TALLER
    }
    names["brief-emblem.docx"] = docx.write(leading(first), OURS, office(OURS.kind, "emblem"))
    for name, content in names.items():
        (folder / name).write_bytes(content)
    # An office has Times New Roman; here stands the typeface that has its widths.
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=HERE / "fonts", cache=folder / "cache"), encoding="utf-8")
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    done = subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder / "out"), *names],
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "FONTCONFIG_FILE": str(fonts)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "rror" not in said, said
    return {name: (folder / "out" / f"{Path(name).stem}.pdf").read_bytes() for name in names}
