"""The broadcast of a play: lists and segments as players want them, and a live edge that follows the clock."""

import binascii
from collections.abc import Iterator

import m3u8
import pytest

from bridge.simulator.broadcast import LISTED, Origin
from bridge.simulator.reels import NULL, PACKET, PAT, PMT, VIDEO, DrawnReel, FilmedReel, crc32

NOON = 1_772_859_600_000


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_ms = NOON

    def now(self) -> int:
        return self.now_ms

    def passes(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


def newest(origin: Origin) -> int:
    read = m3u8.loads(origin.playlist())
    return int(read.media_sequence) + len(read.segments) - 1


def packets(segment: bytes) -> Iterator[tuple[int, bytes]]:
    """(identifier, packet)."""
    for at in range(0, len(segment), PACKET):
        packet = segment[at : at + PACKET]
        assert packet[0] == 0x47
        yield int.from_bytes(packet[1:3], "big") & 0x1FFF, packet


def section(packet: bytes) -> bytes:
    length = int.from_bytes(packet[6:8], "big") & 0x0FFF
    return packet[5 : 8 + length]


def test_check_sums_are_those_of_the_standard() -> None:
    # The published check value of CRC-32/MPEG-2.
    assert crc32(b"123456789") == 0x0376E6E7
    assert crc32(b"123456789") != binascii.crc32(b"123456789")


def test_a_drawn_segment_is_whole_packets_with_tables_that_lead_to_a_clock() -> None:
    found = list(packets(DrawnReel(4).segment("low", 7)))
    assert [identifier for identifier, _ in found[:4]] == [PAT, PMT, VIDEO, NULL]
    assert {identifier for identifier, _ in found[4:]} == {NULL}
    programmes, programme = section(found[0][1]), section(found[1][1])
    for table in (programmes, programme):
        # A section with its own check sum comes out as nothing.
        assert crc32(table) == 0
    assert int.from_bytes(programmes[10:12], "big") & 0x1FFF == PMT
    assert int.from_bytes(programme[8:10], "big") & 0x1FFF == VIDEO
    field = found[2][1][6:12]
    assert int.from_bytes(field, "big") >> 15 == 7 * 4 * 90_000


def test_a_drawn_segment_has_the_rate_of_its_variant() -> None:
    reel = DrawnReel(4)
    for name, kbps in reel.variants.items():
        assert len(reel.segment(name, 0)) * 8 / 4 / 1000 == pytest.approx(kbps, rel=0.01)


def test_the_live_edge_follows_the_clock_and_stands_still_in_a_stall() -> None:
    clock = Hands()
    origin = Origin(clock.now, target_s=4)
    began = newest(origin)
    clock.passes(40)
    assert newest(origin) == began + 10
    origin.stall()
    clock.passes(60)
    assert newest(origin) == began + 10
    origin.resume()
    clock.passes(3.9)
    assert newest(origin) == began + 10
    clock.passes(0.1)
    assert newest(origin) == began + 11


def test_a_list_is_dated_and_says_where_it_breaks() -> None:
    clock = Hands()
    origin = Origin(clock.now, target_s=4)
    clock.passes(40)
    origin.stall()
    clock.passes(60)
    origin.resume()
    clock.passes(8)
    read = m3u8.loads(origin.playlist())
    assert len(read.segments) == LISTED
    assert [each.discontinuity for each in read.segments] == [False, False, False, True, False]
    assert read.segments[-1].program_date_time.timestamp() * 1000 == clock.now() - 4_000
    assert read.discontinuity_sequence == 0
    clock.passes(200)
    assert m3u8.loads(origin.playlist()).discontinuity_sequence == 1


def test_a_film_that_is_over_begins_again_with_a_break() -> None:
    clock = Hands()
    origin = Origin(clock.now, FilmedReel([b"a", b"b", b"c"], 4), target_s=4)
    clock.passes(20)
    read = m3u8.loads(origin.playlist())
    breaks = [read.media_sequence + place for place, each in enumerate(read.segments) if each.discontinuity]
    assert breaks
    assert all(number % 3 == 0 for number in breaks)


def test_a_menu_offers_every_variant_narrowest_first() -> None:
    read = m3u8.loads(Origin(Hands().now).menu())
    assert [each.uri for each in read.playlists] == ["low/list.m3u8", "high/list.m3u8"]
    rates = [each.stream_info.bandwidth for each in read.playlists]
    assert rates == sorted(rates)
