"""What a backup says of itself: its files, their sizes and digests, and where each chain ended."""

from datetime import datetime
from typing import Literal

import msgspec

MANIFEST = "manifest.json"
STORES = ("post", "journal", "archive", "registry")
"""In the order in which they are copied. The post's book follows the journal and must not be ahead of it; what the
archive and the registry know more than the journal does no harm: whatever the journal names was kept before."""


class Copied(msgspec.Struct, frozen=True):
    bytes: int
    sha256: str


class ChainEnd(msgspec.Struct, frozen=True):
    position: int
    hash: str


class Ends(msgspec.Struct, frozen=True):
    """The heads of the audit log and of every conference's journal."""

    audit: ChainEnd
    journals: dict[str, ChainEnd]
    epoch: str
    """The name that the journal had."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    format: Literal[1] = 1
    made_at: datetime
    files: dict[str, Copied]
    ends: Ends


def name_of(store: str) -> str:
    return f"{store}.sqlite"


def encode(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest))


def decode(raw: bytes) -> Manifest:
    """Raises msgspec.MsgspecError."""
    return msgspec.json.decode(raw, type=Manifest)
