"""A printed document as a reader has it: its words, and what a camera reads off its pages."""

import re

import pypdfium2
import zxingcpp


def words(pdf: bytes) -> str:
    """The text of all pages, lines run together."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    # U+200B is where a word of endless length was allowed to break.
    return re.sub(r"\s+", " ", "\n".join(pages).replace("\u200b\r\n", "").replace("\u200b", ""))


def pages(pdf: bytes) -> list[tuple[float, float]]:
    """Each page's width and height in millimetres."""
    document = pypdfium2.PdfDocument(pdf)
    sizes = [(page.get_width() / 72 * 25.4, page.get_height() / 72 * 25.4) for page in document]
    document.close()
    return sizes


def scanned(pdf: bytes, dpi: int) -> list[list[str]]:
    """The QR codes of each page, as a camera that sees so many dots to the inch reads them."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        image = page.render(scale=dpi / 72, grayscale=True)
        seen = memoryview(bytes(image.buffer)).cast("B", shape=[image.height, image.stride])
        found.append([code.text for code in zxingcpp.read_barcodes(seen)])
    document.close()
    return found


def code_mm(pdf: bytes, text: str, dpi: int = 300) -> float:
    """How wide a code stands on the first page, without its quiet zone."""
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=dpi / 72, grayscale=True)
    seen = memoryview(bytes(image.buffer)).cast("B", shape=[image.height, image.stride])
    (corners,) = [code.position for code in zxingcpp.read_barcodes(seen) if code.text == text]
    document.close()
    return float(corners.top_right.x - corners.top_left.x) / dpi * 25.4
