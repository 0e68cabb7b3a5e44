"""A photo is made anew: what its camera wrote goes, what is no photo is refused, and what is meant to burst us does not."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from bridge.pictures.darkroom import Darkroom, Photo, Unfit

SECRET = b"KIMTUOC-21.03N-105.85E"


def picture(width: int = 640, height: int = 480) -> Image.Image:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.paste((200, 30, 30), (0, 0, width // 4, height // 4))
    return image


def told_jpeg(image: Image.Image, orientation: int = 1) -> bytes:
    """As a phone writes it: place, device, comment, profile, a thumbnail within."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif[0x8825] = {1: "N", 2: (21.0, 1.0, 48.0), 29: SECRET.decode()}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=SECRET, icc_profile=b"ICC" + SECRET, xmp=b"<x>" + SECRET)
    return out.getvalue()


def told_png(image: Image.Image) -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", SECRET.decode())
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=said)
    return out.getvalue()


def saved(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(width: int, height: int) -> bytes:
    """A few bytes that claim to be so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


async def developed(sent: bytes) -> Photo:
    return await Darkroom().developed(sent)


async def outcome_of(sent: bytes) -> str:
    try:
        return str(opened(await developed(sent)).format)
    except Unfit as unfit:
        return unfit.code


def opened(photo: Photo) -> Image.Image:
    return Image.open(io.BytesIO(photo.jpeg))


@pytest.mark.parametrize("make", [told_jpeg, told_png], ids=["jpeg", "png"])
async def test_nothing_but_the_picture_is_kept(make) -> None:  # type: ignore[no-untyped-def]
    sent = make(picture())
    assert SECRET in sent
    photo = await developed(sent)
    assert SECRET not in photo.jpeg
    kept = opened(photo)
    assert (kept.format, kept.size) == ("JPEG", (640, 480))
    assert len(kept.getexif()) == 0
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    red, green, _ = kept.convert("RGB").getpixel((20, 20))  # type: ignore[misc]
    assert red > 150 > 80 > green


async def test_a_phone_that_was_held_upright_shows_an_upright_hall() -> None:
    photo = await developed(told_jpeg(picture(640, 480), orientation=6))
    assert (photo.width, photo.height) == (480, 640)


async def test_what_is_hidden_behind_the_picture_goes() -> None:
    photo = await developed(told_jpeg(picture()) + b"PK\x03\x04" + SECRET)
    assert SECRET not in photo.jpeg


async def test_a_large_photo_is_kept_small_and_the_same_one_as_the_same_bytes() -> None:
    noise = Image.effect_noise((1800, 1200), 120).convert("RGB")
    sent = saved(noise, "WEBP")
    first, second = await developed(sent), await developed(sent)
    assert first.jpeg == second.jpeg
    assert max(first.width, first.height) == 1600
    assert len(first.jpeg) <= 600_000


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>", "unreadable"),
        (saved(picture(), "GIF"), "unreadable"),
        (saved(picture(), "TIFF"), "unreadable"),
        (saved(picture(), "BMP"), "unreadable"),
        (told_jpeg(picture())[:5000], "unreadable"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n", "unreadable"),
        (bomb(60_000, 60_000), "too_many_pixels"),
        (bomb(12_000, 6_000), "too_many_pixels"),
        (bomb(7_000, 7_000), "unreadable"),
        (saved(picture(8, 8), "PNG"), "too_small"),
    ],
    ids=["nothing", "svg", "gif", "tiff", "bmp", "cut", "postscript", "bomb", "large", "half", "dot"],
)
async def test_what_is_no_photo_is_refused_by_name(sent: bytes, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        await developed(sent)
    assert refused.value.code == code


async def test_broken_photos_break_nothing() -> None:
    whole = bytearray(told_jpeg(picture(200, 150)))
    for place in range(60, len(whole), len(whole) // 8):
        broken = bytes(whole[:place]) + b"\xff\xff\x00\xd8" + bytes(whole[place + 4 :])
        outcome = await outcome_of(broken)
        assert outcome in ("JPEG", "unreadable"), place
