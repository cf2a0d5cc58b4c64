"""What a file is, told from its first bytes; what its sender says of it is never believed."""

import re
from typing import Final

import puremagic

HEAD: Final = 16 * 1024
"""So many first bytes tell."""

UNKNOWN: Final = "application/octet-stream"
OFFICE: Final = "application/vnd.openxmlformats-officedocument."
PACKED: Final = {
    b"word/": f"{OFFICE}wordprocessingml.document",
    b"xl/": f"{OFFICE}spreadsheetml.sheet",
    b"ppt/": f"{OFFICE}presentationml.presentation",
}
"""Office files are zip archives; the folders in them tell which."""

# These are written in letters.
SPOKEN: Final = (("%PDF-", "application/pdf"), ("{\\rtf", "application/rtf"))
# The library gives several of these no type, or one that browsers do not know.
SIGNATURES: Final = (
    (rb"%PDF-", "application/pdf"),
    (rb"MZ|\x7fELF|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe", "application/x-executable"),
    (rb"....ftyp(M4A |M4B |F4A )", "audio/mp4"),
    (rb"....ftypqt  ", "video/quicktime"),
    (rb"....ftyp(avif|avis)", "image/avif"),
    (rb"....ftyp(hei[cxms]|mif1|msf1)", "image/heic"),
    (rb"....ftyp", "video/mp4"),
    (rb"\x1aE\xdf\xa3.{0,40}?webm", "video/webm"),
    (rb"RIFF....WAVE", "audio/wav"),
    (rb"RIFF....WEBP", "image/webp"),
    (rb"OggS.{24}(.{1,3}theora|fishead)", "video/ogg"),
    (rb"OggS", "audio/ogg"),
    (rb"ID3|\xff[\xfb\xf3\xf2]", "audio/mpeg"),
    (rb"BM.{4}\0\0\0\0", "image/bmp"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
NAMES_OF_OURS: Final = {
    "image/x-ms-bmp": "image/bmp",
    "application/x-gzip": "application/gzip",
    "application/x-zip-compressed": "application/zip",
}
# What a browser that looks by itself would take for a page: the WHATWG's "MIME Sniffing", and some more.
ELEMENTS: Final = frozenset(
    {
        *("!doctype html", "html", "head", "body", "title", "meta", "script", "style", "iframe", "table"),
        *("div", "p", "a", "img", "br", "h1", "b", "form", "object", "embed", "link", "base", "font"),
    }
)
LONGEST_ELEMENT: Final = max(map(len, ELEMENTS))
AFTER_ELEMENT: Final = frozenset(" \t\n\r\f\v/>")
DRAWING = re.compile(r"<svg[\s>/]", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(head: bytes) -> str:
    """The content type of what begins with these bytes (of a large file the first 16 KiB)."""
    text = _text(head)
    if text is not None:
        return _written(text)
    for pattern, content_type in SIGNATURES:
        if re.match(pattern, head, re.DOTALL):
            return content_type
    return _packed(head) if head.startswith(b"PK\x03\x04") else _known(head)


def _packed(head: bytes) -> str:
    """Which of the many kinds of zip archives it is, by the names of the first members."""
    names = [
        head[match.end() : match.end() + int.from_bytes(match[1], "little")]
        for match in re.finditer(rb"PK\x03\x04.{22}(..)..", head, re.DOTALL)
    ]
    for name in names:
        for folder, content_type in PACKED.items():
            if name.startswith(folder):
                return content_type
    # OpenDocument and EPUB say their type in their first member, which is not compressed.
    said = re.match(rb"PK\x03\x04.{26}mimetype(application/[a-z0-9.+-]{1,60})", head, re.DOTALL)
    return said[1].decode() if said else "application/zip"


def _text(head: bytes) -> str | None:
    """The text, or None where it is none; the last character may be cut in two."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            text = head[2:].decode(encoding, "replace")
            return None if CONTROLS.search(text) or "\ufffd" in text[:-1] else text
    try:
        text = head.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return None
        text = head[: error.start].decode()
    return None if CONTROLS.search(text) else text


def _written(text: str) -> str:
    for beginning, content_type in SPOKEN:
        if text.startswith(beginning):
            return content_type
    if _is_page(text, _first_element(text)):
        return "text/html"
    if text.lstrip().startswith("<"):
        return "image/svg+xml" if DRAWING.search(text) else "text/xml"
    return "text/plain"


def _first_element(text: str) -> int:
    """Where the text begins, past white space and comments; each letter is looked at once."""
    place, end = 0, len(text)
    while True:
        while place < end and text[place].isspace():
            place += 1
        if not text.startswith("<!--", place):
            return place
        close = text.find("-->", place + len("<!--"))
        if close < 0:
            return place
        place = close + len("-->")


def _is_page(text: str, start: int) -> bool:
    """Whether an element of HTML begins there."""
    if not text.startswith("<", start):
        return False
    name = text[start + 1 : start + 1 + LONGEST_ELEMENT + 1].lower()
    return any(
        name.startswith(element) and name[len(element) : len(element) + 1] in AFTER_ELEMENT
        for element in ELEMENTS
    )


def _known(head: bytes) -> str:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    # Types of text were ruled out already: a short signature in binary data must not make one.
    types = [one.mime_type for one in found if one.mime_type and not one.mime_type.startswith("text/")]
    return NAMES_OF_OURS.get(types[0], types[0]) if types else UNKNOWN
