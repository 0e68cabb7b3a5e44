"""Somebody's own words, kept beside the rows: a row holds their salted digest, so they can be erased and the chain stays whole."""

import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256

import msgspec

from bridge.journal import ERASED, Row, Text

SALT_BYTES = 16
_SIGN = "¤"
# The whole of a JSON text, and nothing else: no word within somebody's sentence is taken for one.
_MARK = re.compile(rf'"{_SIGN}([0-9a-f]{{64}})"')
_MARK_BYTES = re.compile(rf'"{_SIGN}([0-9a-f]{{64}})"'.encode())
_HINT = f'"{_SIGN}'
_HINT_BYTES = _HINT.encode()


def kept_apart(text: str) -> tuple[str, Text]:
    """What stands in the row in place of the text, and what is kept beside."""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = digest_of(salt, text)
    return f"{_SIGN}{digest}", Text(digest, salt, text)


def digest_of(salt: bytes, text: str) -> str:
    return sha256(salt + text.encode()).hexdigest()


def bare(row: Row) -> Row:
    """The row as it lies: what was kept beside is elsewhere."""
    if not row.record.texts:
        return row
    return Row(row.position, row.hash, msgspec.structs.replace(row.record, texts=()))


def marks(body: bytes) -> list[str]:
    """The digests that stand in a body."""
    return [found.decode() for found in _MARK_BYTES.findall(body)] if _HINT_BYTES in body else []


def marks_of(rows: Iterable[Row]) -> list[str]:
    return [digest for row in rows for digest in marks(row.record.body)]


def marks_in(recalled: str) -> list[str]:
    """The digests that stand in a piece of the past (`Journal.recall`)."""
    return _MARK.findall(recalled) if _HINT in recalled else []


def filled(rows: Sequence[Row], texts: Mapping[str, str], erased: str) -> tuple[Row, ...]:
    """The rows as they were said. Their hashes are of what is stored: a check of the chain reads them as they lie."""
    return tuple([_filled(row, texts, erased) for row in rows])


def _filled(row: Row, texts: Mapping[str, str], erased: str) -> Row:
    body = row.record.body
    if _HINT_BYTES not in body:
        return row
    return Row(row.position, row.hash, msgspec.structs.replace(row.record, body=filled_body(body, texts, erased)))


def filled_body(body: bytes, texts: Mapping[str, str], erased: str = ERASED) -> bytes:
    """A body as it was said."""

    def said(mark: re.Match[bytes]) -> bytes:
        return msgspec.json.encode(texts.get(mark[1].decode(), erased))

    return _MARK_BYTES.sub(said, body)


def filled_in(recalled: str, texts: Mapping[str, str], erased: str) -> str:
    """Many rows recalled as one text of JSON, as they were said."""

    def said(mark: re.Match[str]) -> str:
        return msgspec.json.encode(texts.get(mark[1], erased)).decode()

    return _MARK.sub(said, recalled)


def portions(digests: Collection[str], most: int = 500) -> list[list[str]]:
    ordered = sorted(set(digests))
    return [ordered[start : start + most] for start in range(0, len(ordered), most)]
