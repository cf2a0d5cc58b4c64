"""Types are told from the bytes, whatever a file is called."""

import io
import re
import zipfile

import pytest
from bounded import within
from hypothesis import given
from hypothesis import strategies as st

from app.kit.sniffing import HEAD, sniff


def packed(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "<x/>" * 20)
    return file.getvalue()


def open_document() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return file.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."
NULS = b"\0" * 60


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + NULS, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + NULS, "image/jpeg"),
        (b"GIF89a\1\0\1\0" + NULS, "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 " + NULS, "image/webp"),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1" + NULS, "image/avif"),
        (b"BM\x36\x30\0\0\0\0\0\0\x36\0\0\0" + NULS, "image/bmp"),
        (b"II*\0" + NULS, "image/tiff"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "application/pdf"),
        (b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>", "application/pdf"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + NULS, "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0" + NULS, "video/quicktime"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0" + NULS, "audio/mp4"),
        (
            b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webm" + NULS,
            "video/webm",
        ),
        (b"ID3\4\0\0\0\0\0\0" + NULS, "audio/mpeg"),
        (b"\xff\xfb\x90\x44" + NULS, "audio/mpeg"),
        (b"RIFF\x24\0\0\0WAVEfmt " + NULS, "audio/wav"),
        (b"OggS\0\2" + b"\0" * 22 + b"\1\x13OpusHead" + NULS, "audio/ogg"),
        (b"fLaC\0\0\0\x22" + NULS, "audio/flac"),
        (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + NULS, "application/x-executable"),
        (b"\x7fELF\2\1\1" + NULS, "application/x-executable"),
        (b"\x1f\x8b\x08\0" + NULS, "application/gzip"),
        (packed("a.txt"), "application/zip"),
        (
            packed("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
            f"{OFFICE}wordprocessingml.document",
        ),
        (packed("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}spreadsheetml.sheet"),
        (packed("ppt/presentation.xml"), f"{OFFICE}presentationml.presentation"),
        (open_document(), "application/vnd.oasis.opendocument.text"),
        (b"{\\rtf1\\ansi Hello}", "application/rtf"),
        (b"Just some words.", "text/plain"),
        ("Grüße, 你好".encode(), "text/plain"),
        (b"\xef\xbb\xbfname,mark\nAda,1\n", "text/plain"),
        ("Hallo".encode("utf-16"), "text/plain"),
        (b"MZ is how a sentence can begin", "text/plain"),
        (b"ID3 too", "text/plain"),
        (b"a < b and <b>bold</b> further on", "text/plain"),
        (b"<!DOCTYPE html><title>x</title>", "text/html"),
        (b"  \n<!-- hi --> <ScRiPt>alert(1)</script>", "text/html"),
        (b"<!---->" * 28 + b"<p>", "text/html"),
        (b"<!---->" * 28 + b"x", "text/xml"),
        (b"<!-- never closed <p>", "text/xml"),
        (b"<!---->\t<!DocType HTML>", "text/html"),
        (b"<path>", "text/xml"),
        (b"<p", "text/xml"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<svg >", "image/svg+xml"),
        (b"<?xml version='1.0'?><feed/>", "text/xml"),
        (bytes(range(128, 250)), "application/octet-stream"),
    ],
)
def test_the_bytes_tell(head: bytes, content_type: str) -> None:
    assert sniff(head) == content_type


def test_a_letter_cut_in_two_at_the_end_is_text_still() -> None:
    assert sniff(("x" * (HEAD - 1) + "ü").encode()[:HEAD]) == "text/plain"


def test_the_library_never_makes_text_of_what_is_none() -> None:
    for first in range(256):
        found = sniff(bytes([first, 0, 1, 2]) * 8)
        assert not found.startswith("text/"), first


PIECES = st.sampled_from(
    [
        *(b"<!--", b"-->", b"<!", b"-", b"<", b">", b" ", b"\n", b"x", b"<p>", b"<svg", b"<html"),
        *(b"PK\x03\x04", b"\0", b"\xff", b"OggS", b"\x1aE\xdf\xa3", b"....ftyp", b"\xff\xfe", b"\xfe\xff"),
        *(b"word/", b"RIFF", b"%PDF-", b"\xef\xbb\xbf", b"\xd8", b"ID3", b"MZ", "ü".encode(), b"mimetype"),
    ]
)


@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=12).map(b"".join)), st.integers(1, 4096))
def test_any_bytes_have_a_type_at_once(unit: bytes, times: int) -> None:
    with within(0.25):
        found = sniff((unit * times)[:HEAD])
    assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", found)


@pytest.mark.parametrize(
    "unit",
    [b"<!---->", b"<!--", b"<!-- -->", b" ", b"<", b"<svg", b"PK\x03\x04", b"OggS", b"\x1aE\xdf\xa3", b"-->"],
)
@pytest.mark.parametrize("end", [b"", b"x", b"\0"])
def test_nor_do_many_of_the_same_take_long(unit: bytes, end: bytes) -> None:
    with within(0.25):
        sniff((unit * HEAD)[: HEAD - len(end)] + end)
