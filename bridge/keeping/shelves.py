"""Whether what is kept for years is, byte for byte, what was put there, and what the journal says was signed."""

from collections.abc import Sequence

from sqlalchemy import select

from bridge.archive import Kind, digest
from bridge.archive.sql import KEPT, SqlArchive
from bridge.journal.checking import UNREADABLE, Broken
from bridge.rules.ladder import Version


async def shelved(archive: SqlArchive) -> int:
    """Hash everything again, one thing at a time. How many there are. Raises Broken for the first that was changed."""
    places = [KEPT.c.conference, KEPT.c.kind, KEPT.c.number, KEPT.c.name]
    try:
        async with archive.store.reading() as connection:
            everything = (await connection.execute(select(*places).order_by(*places))).all()
    except UNREADABLE as unreadable:
        raise Broken("table kept: unreadable") from unreadable
    for row in everything:
        named = f"table kept, conference {row.conference or '-'}, {row.kind} {row.number}, «{row.name}»"
        mine = [column == value for column, value in zip(places, row, strict=True)]
        asked = select(KEPT.c.size, KEPT.c.sha256, KEPT.c.content).where(*mine)
        try:
            async with archive.store.reading() as connection:
                found = (await connection.execute(asked)).first()
            if found is None:
                # A draft that was forgotten meanwhile.
                continue
            content = bytes(found.content)
        except UNREADABLE as unreadable:
            raise Broken(f"{named}: unreadable") from unreadable
        if (len(content), digest(content)) != (found.size, found.sha256):
            raise Broken(f"{named}: its bytes are not those that were kept")
    return len(everything)


async def as_signed(archive: SqlArchive | None, conference: str, versions: Sequence[Version]) -> None:
    """Every signed version is there, with the bytes that its journal names. Raises Broken."""
    labels = await archive.listed(conference, Kind.REPORT, Kind.FIGURES) if archive is not None and versions else []
    for version in versions:
        named = f"table kept, conference {conference}, version {version.number}"
        mine = {label.name: label.sha256 for label in labels if label.version == version.number}
        for name, sha256 in {**version.files, FIGURES: version.figures_sha256}.items():
            if name not in mine:
                raise Broken(f"{named}: «{name}» is missing")
            if mine[name] != sha256:
                raise Broken(f"{named}: «{name}» is not what the journal says was signed")


FIGURES = "figures"
"""How the figures of a report are called, beside its files, which are called by their formats."""
