"""What a playlist says (RFC 8216): which variant to follow, or which segment is the newest."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urljoin

import m3u8
import msgspec
from m3u8.model import MalformedPlaylistError

SEGMENTS_LIMIT = 20_000
"""Eleven hours of two-second segments. A longer list is not read: to parse it would keep the room's machine busy."""
LONGEST_S = 60.0
"""Segments and target durations are taken for no longer than this."""


class NotAPlaylist(Exception):
    """What came is no list that a player could use."""


class Segment(msgspec.Struct, frozen=True):
    """The newest segment of a list."""

    number: int
    url: str
    duration_s: float
    ended_ms: int | None
    """When its last picture was recorded, by the date in the list."""
    range: tuple[int, int] | None = None
    """(first byte, length) where it is a part of a file."""


class Reel(msgspec.Struct, frozen=True):
    """A media playlist."""

    target_s: float
    segments: int
    newest: Segment | None


class Menu(msgspec.Struct, frozen=True):
    """A multivariant playlist, and the variant to follow."""

    url: str


def read(raw: bytes, url: str) -> Menu | Reel:
    """The list that was found under this address. Raises NotAPlaylist."""
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as wrong:
        raise NotAPlaylist("not text") from wrong
    if not lines or not lines[0].startswith("#EXTM3U"):
        raise NotAPlaylist("does not begin with #EXTM3U")
    kept = [line for line in lines if _wanted(line)]
    if len(kept) > 3 * SEGMENTS_LIMIT:
        raise NotAPlaylist(f"more than {SEGMENTS_LIMIT} segments")
    try:
        return _understood(m3u8.loads("\n".join(kept)), url)
    # The parser takes a list apart as it comes, and trips over a wrong one in any of these ways.
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, MalformedPlaylistError) as wrong:
        raise NotAPlaylist(f"broken ({type(wrong).__name__})") from wrong


_TAGS = ("#EXTM3U", "#EXTINF", "#EXT-X-MEDIA-SEQUENCE", "#EXT-X-BYTERANGE", "#EXT-X-PROGRAM-DATE-TIME", "#EXT-X-GAP")
_TARGET, _VARIANT = "#EXT-X-TARGETDURATION:", "#EXT-X-STREAM-INF:"


def _wanted(line: str) -> bool:
    """Only what is asked of the list: the parser compares keys with each other, and a hostile list has many."""
    if line.startswith(_TARGET):
        # Not every server writes a whole number; the longest segment says as much.
        return line.removeprefix(_TARGET).strip().isdecimal()
    return not line.startswith("#") or line.startswith((*_TAGS, _VARIANT))


def _understood(found: m3u8.M3U8, url: str) -> Menu | Reel:
    if found.is_variant:
        return Menu(urljoin(url, _followed(found.playlists).uri))
    durations = [_seconds(segment.duration) for segment in found.segments]
    if found.target_duration is None and not durations:
        raise NotAPlaylist("neither variants nor segments")
    target_s = _seconds(found.target_duration if found.target_duration is not None else max(durations))
    there = [place for place, segment in enumerate(found.segments) if segment.uri and not segment.gap_tag]
    newest = None
    if there:
        place = there[-1]
        segment = found.segments[place]
        newest = Segment(
            number=(found.media_sequence or 0) + place,
            url=urljoin(url, segment.uri),
            duration_s=durations[place],
            ended_ms=_ended_ms(segment, durations[place]),
            range=_range(found.segments[: place + 1]),
        )
    return Reel(max(1.0, target_s), len(durations), newest)


def _followed(variants: Iterable[m3u8.Playlist]) -> m3u8.Playlist:
    """The narrowest that carries pictures: it shows as well whether the broadcast arrives, and the room's own player, on
    the same line, needs what is left.
    """
    named = [each for each in variants if each.uri]
    if not named:
        raise NotAPlaylist("no variant has an address")
    pictures = [each for each in named if _carries_pictures(each.stream_info)]
    return min(pictures or named, key=lambda each: each.stream_info.bandwidth or 0)


_PICTURES = ("avc", "hvc", "hev", "dvh", "av01", "vp0", "vp8", "vp9", "mp4v")


def _carries_pictures(stream: m3u8.model.StreamInfo) -> bool:
    return stream.resolution is not None or any(
        codec.strip().startswith(_PICTURES) for codec in (stream.codecs or "").split(",")
    )


def _seconds(said: float | None) -> float:
    if said is None or not math.isfinite(said) or said <= 0:
        return 1.0
    return min(float(said), LONGEST_S)


def _ended_ms(segment: m3u8.Segment, duration_s: float) -> int | None:
    began: datetime | None = segment.current_program_date_time
    if began is None or began.tzinfo is None:
        return None
    return round((began + timedelta(seconds=duration_s)).timestamp() * 1000)


def _range(segments: Iterable[m3u8.Segment]) -> tuple[int, int] | None:
    """Where the last of these lies in its file; a range without a beginning begins where the one before ended."""
    ends: dict[str, int] = {}
    found: tuple[int, int] | None = None
    for segment in segments:
        found = None
        if segment.byterange:
            length, _, first = segment.byterange.partition("@")
            begins = int(first) if first else ends.get(segment.uri, 0)
            found = (max(0, begins), max(1, int(length)))
            ends[segment.uri] = sum(found)
    return found
