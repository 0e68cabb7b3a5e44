"""Files that were made to harm whoever opens them, and files that are merely broken."""

import gzip
import io
import random
import zipfile
import zlib
from collections.abc import Mapping

import openpyxl

STAMPED = "docProps/core.xml"
"""The part that says when the book was made."""
UNSTAMPED = b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'


def workbook(**parts: bytes) -> bytes:
    """A small real workbook, the same to the byte on every day, with these parts put over its own; __ stands for a slash."""
    book = openpyxl.Workbook()
    book.active.append(["code", "name"])
    plain = io.BytesIO()
    book.save(plain)
    over = {STAMPED: UNSTAMPED} | {name.replace("__", "/"): body for name, body in parts.items()}
    with zipfile.ZipFile(plain) as old:
        return _zip({name: old.read(name) for name in old.namelist()} | over)


SHEET = "xl__worksheets__sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]><x>&c;&d;</x>'
)
MILLION = (
    HEAD
    + b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
)
ROWS = HEAD + b"<sheetData>" + b"<row/>" * 1_048_576 + b"</sheetData></worksheet>"


BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><x>&l9;</x>"
)


def hostile() -> dict[str, bytes]:
    """By what is wrong with them."""
    return {
        "a million rows claimed": workbook(**{SHEET: MILLION}),
        "a million empty rows": workbook(**{SHEET: ROWS}),
        "a bomb": workbook(**{SHEET: bytes(130_000_000)}),
        "entities": workbook(**{SHEET: ENTITIES}),
        "entities in strings": workbook(**{"xl__sharedStrings.xml": ENTITIES}),
        "hidden entities": workbook(**{SHEET: ENTITIES.decode().encode("utf-16")}),
        "a billion laughs": workbook(**{SHEET: BILLION}),
        "an entity from outside": workbook(
            **{SHEET: b'<!DOCTYPE x [<!ENTITY d SYSTEM "http://127.0.0.1:1/x">]><x>&d;</x>'}
        ),
        "a bomb in a picture": workbook(**{"xl__media__a.png": bytes(200_000_000)}),
        "a part that is larger than it says": understated(workbook(**{SHEET: bytes(150_000_000)})),
        "macros": workbook(**{"xl__vbaProject.bin": b"x"}),
        "an old workbook": b"\xd0\xcf\x11\xe0" + bytes(5_000),
        "a program": b"MZ" + bytes(5_000),
        "a program behind a workbook": workbook()[:300] + b"MZ" + bytes(5_000),
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(5_000),
        "only a zip": _zip({"a.txt": b"x"}),
        "a zip that climbs": _zip({"../../xl/workbook.xml": b"x", "xl/workbook.xml": b"x"}),
        "a zip of thousands": _zip({f"xl/{n}.xml": b"<x/>" for n in range(5_000)} | {"xl/workbook.xml": b"<x/>"}),
        "a gzip": gzip.compress(bytes(1_000)),
        "quotes": b'code,name,level,parent_code\n"' + b"a" * 500_000,
        "columns": b"," * 100_000,
        "lines": b"code,name,level,parent_code\n" + b"x,y,z,w\n" * 60_000,
    }


def _zip(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, body in parts.items():
            # Stamped with the format's first day.
            new.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _unpacked(raw: bytes) -> Mapping[str, bytes]:
    """Its parts; none if it is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError, zlib.error):
        return {}


def understated(raw: bytes) -> bytes:
    """The same archive, whose directory says of every part that it unpacks to ten bytes."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sizes = {part.file_size for part in archive.infolist()}
    for size in sizes:
        raw = raw.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    return raw


def broken(number: int, chance: int = 5) -> list[bytes]:
    """A real workbook, spoilt in so many ways: bytes changed here and there, cut short, parts put twice.

    One in a hundred wounds hits only what nobody reads, a time stamp say: that is the good file, and another is made for it.
    """
    lots, good = random.Random(chance), workbook()
    whole = _unpacked(good)
    files: list[bytes] = []
    while len(files) < number:
        wild = bytearray(good)
        for _ in range(lots.choice((1, 3, 20, 200))):
            wild[lots.randrange(len(wild))] = lots.randrange(256)
        start = lots.randrange(len(wild))
        match lots.randrange(4):
            case 0:
                del wild[lots.randrange(100, len(wild)) :]
            case 1:
                wild[start:start] = wild[: lots.randrange(2_000)]
            case 2:
                del wild[start : start + lots.randrange(500)]
            case _:
                pass
        if _unpacked(bytes(wild)) != whole:
            files.append(bytes(wild))
    return files
