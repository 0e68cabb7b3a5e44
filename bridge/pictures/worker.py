"""Makes one photo anew in a process of its own, run as `python worker.py CPU_SECONDS < sent > answer`.

What a stranger's phone sends is decoded here, where it may take only so much memory and time, and where a fault of the decoder
hurts nobody. Only the picture itself comes out: it is painted onto an empty sheet and encoded again, so that neither place
nor device nor a hidden second picture is kept. Standard output is one piece (`bridge.apart`): MessagePack {"jpeg", "width",
"height"} or {"refused": why}.
This file is run by its path and imports nothing of ours.
"""

import io
import resource
import sys
import warnings

import msgspec
from PIL import Image, ImageOps

MEMORY = 1_500_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS = 60_000_000
"""Of what is sent: the finest phone's camera as it comes. Looked at before anything is unpacked."""
SIDE = 1_600
"""Of what is kept: enough to count heads on."""
KEPT_BYTES = 600_000
QUALITIES = (82, 72, 60, 45, 30, 15)


class Refused(Exception):
    """It is no photo that we take; the message says why, as a code."""


def made_anew(sent: bytes) -> dict[str, object]:
    """The picture alone, as a JPEG of at most KEPT_BYTES, with its size in pixels. Raises Refused."""
    try:
        # A size that is meant to burst us is an error here, not a warning.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = PIXELS
        picture = Image.open(io.BytesIO(sent), formats=FORMATS)
        if picture.width * picture.height > PIXELS:
            raise Refused("too_many_pixels")
        if picture.width < 32 or picture.height < 32:
            raise Refused("too_small")
        # A JPEG unpacks itself smaller at once, which spares most of the memory; other formats do not know how.
        picture.draft("RGB", (SIDE, SIDE))
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((SIDE, SIDE))
        seen = upright.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_many_pixels") from None
    except MemoryError:
        raise Refused("too_many_pixels") from None
    # Decoders raise whatever comes to their minds when a file is broken.
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, OverflowError, EOFError):
        raise Refused("unreadable") from None
    # An empty sheet knows nothing of comments, profiles, places and devices.
    clean = Image.new("RGB", seen.size, "white")
    clean.paste(seen, mask=seen.getchannel("A"))
    for quality in QUALITIES:
        out = io.BytesIO()
        clean.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= KEPT_BYTES:
            break
    else:
        raise Refused("too_large")
    return {"jpeg": out.getvalue(), "width": clean.width, "height": clean.height}


def main() -> None:
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    # It has no business with files.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        answer = made_anew(sys.stdin.buffer.read())
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    told = msgspec.msgpack.encode(answer)
    sys.stdout.buffer.write(len(told).to_bytes(4, "big") + told)


if __name__ == "__main__":
    main()
