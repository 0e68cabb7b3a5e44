"""What a play's broadcast shows: real MPEG transport stream segments, filmed by ffmpeg where it is there, else drawn up."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

PACKET = 188
PAT, PMT, VIDEO, NULL = 0x0000, 0x1000, 0x0100, 0x1FFF
"""Packet identifiers: the table of programmes, the table of ours, its pictures, and stuffing (ISO 13818-1)."""
H264 = 0x1B
CLOCK_HZ = 90_000
FILMED_SEGMENTS = 10
FILMING_S = 30


class Reel(Protocol):
    """Segments by number, in one or more qualities (name -> kbit/s)."""

    @property
    def variants(self) -> Mapping[str, int]: ...

    @property
    def loops_after(self) -> int | None:
        """It begins again after so many segments; None: it never does."""
        ...

    def segment(self, variant: str, number: int) -> bytes: ...


class DrawnReel:
    """Segments by format: tables, a programme clock, and null packets up to the rate. No picture, and no tool needed."""

    loops_after = None

    def __init__(self, target_s: float, variants: Mapping[str, int] | None = None) -> None:
        self._target_s = target_s
        self.variants = variants or {"low": 400, "high": 1_500}

    def segment(self, variant: str, number: int) -> bytes:
        packets = max(4, round(self.variants[variant] * 1000 / 8 * self._target_s / PACKET))
        clock = round(number * self._target_s * CLOCK_HZ)
        # Continuity counters are four bits wide, and count the packets of their own kind.
        head = _table(PAT, _programmes(), number) + _table(PMT, _programme(), number) + _clocked(clock)
        return head + _NULL_PACKET * (packets - len(head) // PACKET)


class FilmedReel:
    """A short film that begins again when it is over."""

    def __init__(self, segments: list[bytes], target_s: float) -> None:
        self._segments = segments
        self.loops_after = len(segments)
        self.variants = {"low": round(sum(map(len, segments)) * 8 / 1000 / (len(segments) * target_s))}

    def segment(self, variant: str, number: int) -> bytes:
        return self._segments[number % len(self._segments)]


async def filmed(target_s: int) -> Reel:
    """A test picture with a tone, if ffmpeg is on the PATH and can make one; else a reel by format."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        return DrawnReel(target_s)
    with tempfile.TemporaryDirectory(prefix="bridge-reel-") as folder:
        length = str(FILMED_SEGMENTS * target_s)
        filming = await asyncio.create_subprocess_exec(
            *(ffmpeg, "-nostdin", "-v", "error"),
            *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=12", "-f", "lavfi", "-i", "sine=frequency=440"),
            *("-t", length, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "150k"),
            *("-force_key_frames", f"expr:gte(t,n_forced*{target_s})", "-c:a", "aac", "-b:a", "48k"),
            *("-f", "segment", "-segment_format", "mpegts", "-segment_time", str(target_s), f"{folder}/%03d.ts"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(FILMING_S):
                await filming.wait()
        except TimeoutError:
            filming.kill()
            await filming.wait()
        segments = _developed(Path(folder)) if filming.returncode == 0 else []
    return FilmedReel(segments, target_s) if len(segments) == FILMED_SEGMENTS else DrawnReel(target_s)


def _developed(folder: Path) -> list[bytes]:
    # A last splinter, where the film is a moment longer than was asked for, is left out.
    return [file.read_bytes() for file in sorted(folder.glob("*.ts"))[:FILMED_SEGMENTS]]


# --- packets


def _table(identifier: int, section: bytes, counter: int) -> bytes:
    """One packet that holds a whole table, stuffed to its end."""
    head = bytes((0x47, 0x40 | identifier >> 8, identifier & 0xFF, 0x10 | counter & 0x0F, 0x00))
    return (head + section).ljust(PACKET, b"\xff")


def _programmes() -> bytes:
    return _section(0x00, bytes((0x00, 0x01, 0xE0 | PMT >> 8, PMT & 0xFF)))


def _programme() -> bytes:
    clock = bytes((0xE0 | VIDEO >> 8, VIDEO & 0xFF, 0xF0, 0x00))
    return _section(0x02, clock + bytes((H264, 0xE0 | VIDEO >> 8, VIDEO & 0xFF, 0xF0, 0x00)))


def _section(kind: int, body: bytes) -> bytes:
    # After the length: number 1, version 0 and current, section 0 of 0; then the body and its check sum.
    rest = bytes((0x00, 0x01, 0xC1, 0x00, 0x00)) + body
    length = len(rest) + 4
    section = bytes((kind, 0xB0 | length >> 8, length & 0xFF)) + rest
    return section + crc32(section).to_bytes(4, "big")


def _clocked(clock: int) -> bytes:
    """A packet of the programme that carries nothing but its clock."""
    base = clock % 2**33
    field = bytes((PACKET - 5, 0x10)) + (base << 15 | 0x7E00).to_bytes(6, "big")
    return (bytes((0x47, 0x40 | VIDEO >> 8, VIDEO & 0xFF, 0x20)) + field).ljust(PACKET, b"\xff")


def crc32(section: bytes) -> int:
    """The check sum of MPEG-2 tables: not zlib's, which is reflected."""
    check = 0xFFFFFFFF
    for byte in section:
        check ^= byte << 24
        for _ in range(8):
            check = (check << 1 ^ 0x04C11DB7 if check & 0x80000000 else check << 1) & 0xFFFFFFFF
    return check


_NULL_PACKET = bytes((0x47, NULL >> 8, NULL & 0xFF, 0x10)).ljust(PACKET, b"\xff")
