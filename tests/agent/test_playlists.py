"""What is read from a playlist, and that no playlist, however written, is more than that."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.agent.broadcast.playlists import Menu, NotAPlaylist, Reel, Segment, read

AT = "https://phat.example.vn/a/b/list.m3u8"


def text(*lines: str) -> bytes:
    return "\n".join(("#EXTM3U", *lines)).encode()


def reel(*lines: str) -> Reel:
    found = read(text(*lines), AT)
    assert isinstance(found, Reel)
    return found


def newest(*lines: str) -> Segment:
    found = reel("#EXT-X-TARGETDURATION:4", *lines).newest
    assert found is not None
    return found


def test_the_newest_segment_is_the_last_and_is_found_beside_its_list() -> None:
    found = newest("#EXT-X-MEDIA-SEQUENCE:100", "#EXTINF:4,", "x.ts", "#EXTINF:3.5,một tựa đề", "../c/y.ts?key=1")
    assert found == Segment(number=101, url="https://phat.example.vn/a/c/y.ts?key=1", duration_s=3.5, ended_ms=None)


def test_a_date_in_the_list_says_when_the_newest_segment_ended() -> None:
    found = newest("#EXT-X-PROGRAM-DATE-TIME:2026-03-07T08:00:00.500+07:00", "#EXTINF:4,", "1.ts", "#EXTINF:4,", "2.ts")
    assert found.ended_ms == 1_772_845_208_500


def test_a_date_without_a_zone_says_nothing() -> None:
    assert newest("#EXT-X-PROGRAM-DATE-TIME:2026-03-07T08:00:00", "#EXTINF:4,", "1.ts").ended_ms is None


def test_a_gap_is_no_segment() -> None:
    assert newest("#EXTINF:4,", "1.ts", "#EXT-X-GAP", "#EXTINF:4,", "2.ts").number == 0


def test_segments_may_be_pieces_of_one_file() -> None:
    found = newest("#EXTINF:4,", "#EXT-X-BYTERANGE:1000@500", "all.ts", "#EXTINF:4,", "#EXT-X-BYTERANGE:700", "all.ts")
    assert found.range == (1500, 700)


def test_a_target_that_is_no_whole_number_is_the_longest_segments() -> None:
    assert reel("#EXT-X-TARGETDURATION:6.006", "#EXTINF:5,", "1.ts", "#EXTINF:6.006,", "2.ts").target_s == 6.006


@pytest.mark.parametrize("odd", ["#EXTINF:nan,", "#EXTINF:inf,", "#EXTINF:-4,", "#EXTINF:0,"])
def test_a_segment_without_a_length_is_taken_for_a_short_one(odd: str) -> None:
    assert newest(odd, "1.ts").duration_s == 1


def test_a_list_that_is_still_empty_is_a_list() -> None:
    assert reel("#EXT-X-TARGETDURATION:4") == Reel(target_s=4, segments=0, newest=None)


def test_the_narrowest_variant_with_pictures_is_followed() -> None:
    found = read(
        text(
            '#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS="avc1.64001f,mp4a.40.2"',
            "high/list.m3u8",
            '#EXT-X-STREAM-INF:BANDWIDTH=400000,CODECS="avc1.42c00d,mp4a.40.2"',
            "low/list.m3u8",
            '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"',
            "sound/list.m3u8",
        ),
        AT,
    )
    assert found == Menu("https://phat.example.vn/a/b/low/list.m3u8")


def test_variants_that_say_nothing_of_pictures_are_taken_as_they_are() -> None:
    found = read(text("#EXT-X-STREAM-INF:BANDWIDTH=900", "a", "#EXT-X-STREAM-INF:BANDWIDTH=800", "b"), AT)
    assert found == Menu("https://phat.example.vn/a/b/b")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html>",
        text(),
        text("#EXT-X-STREAM-INF:BANDWIDTH=1"),
        text("#EXT-X-MEDIA-SEQUENCE:one", "#EXTINF:4,", "1.ts"),
        text("#EXTINF:four,", "1.ts"),
        text("#EXT-X-BYTERANGE:a@b", "#EXTINF:4,", "1.ts"),
        text("#EXT-X-PROGRAM-DATE-TIME:yesterday", "#EXTINF:4,", "1.ts"),
        text("#EXT-X-PROGRAM-DATE-TIME:9999-12-31T23:59:59Z", "#EXTINF:9999999,", "1.ts", "#EXTINF:4,", "2.ts"),
        text("#EXT-X-MEDIA-SEQUENCE:" + "9" * 5_000, "#EXTINF:4,", "1.ts"),
    ],
)
def test_what_is_no_playlist_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(NotAPlaylist):
        read(raw, AT)


LINES = st.sampled_from(
    [
        *("#EXT-X-TARGETDURATION:", "#EXT-X-MEDIA-SEQUENCE:", "#EXTINF:", "#EXT-X-BYTERANGE:", "#EXT-X-GAP"),
        *("#EXT-X-PROGRAM-DATE-TIME:", "#EXT-X-STREAM-INF:", "#EXT-X-KEY:METHOD=", "#EXT-X-ENDLIST", "#EXT-X-MAP:"),
        *("#EXT-X-SKIP:", "#EXT-X-PART:", "#EXT-X-DATERANGE:", "", "1.ts"),
    ]
)
ENDS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["4", "4,", "0", "-1", "1e400", "1@", "@1", "BANDWIDTH=", 'BANDWIDTH=1,CODECS="', "2026-03-07T08:00:00Z"]
)


@given(st.lists(st.tuples(LINES, ENDS).map("".join), max_size=12).map(lambda lines: text(*lines)) | st.binary())
def test_no_bytes_whatever_are_more_than_a_playlist_or_none(raw: bytes) -> None:
    try:
        found = read(raw, AT)
    except NotAPlaylist:
        return
    if isinstance(found, Reel) and found.newest is not None:
        assert 0 < found.newest.duration_s <= 60
        assert 1 <= found.target_s <= 60


@pytest.mark.parametrize(
    "line",
    [
        '#EXT-X-KEY:METHOD=NONE,URI="{n}"\n#EXTINF:4,\n{n}.ts\n',
        "#EXTINF:4,\n{n}.ts\n",
        "#EXT-X-STREAM-INF:BANDWIDTH={n}\n{n}\n",
        "#EXT-X-PROGRAM-DATE-TIME:2026-03-07T08:00:00Z\n",
        "{n}\n",
    ],
)
def test_a_megabyte_of_lines_keeps_nobody_busy(line: str) -> None:
    made = "".join(line.format(n=n) for n in range(60_000))
    raw = text(made)[: 1024 * 1024]
    began = time.process_time()
    with suppress(NotAPlaylist):
        read(raw, AT)
    assert time.process_time() - began < 10
