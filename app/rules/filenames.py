"""Names of files that are safe to show, to store and to download."""

import re
import unicodedata
from urllib.parse import quote

LONGEST_TITLE = 200
UNNAMED = "file"

# Marks that turn the direction of writing make `exe.txt` of `txt.exe`.
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
UNSHOWN = ("Cc", "Cs", "Zl", "Zp")
"""Control characters, halves of characters, ends of lines."""
UNSAFE = re.compile(r'[/\\:*?"<>|]')
EXTENSIONS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/svg+xml": (".svg",),
    "application/pdf": (".pdf",),
    "application/zip": (".zip",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "audio/wav": (".wav",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "video/mp4": (".mp4", ".m4v"),
    "video/webm": (".webm",),
    "video/quicktime": (".mov",),
    "text/html": (".html", ".htm", ".xhtml"),
}
"""The endings that a type has, the usual one first; text and the rest may have any."""


def clean_title(text: str) -> str:
    """The text on one line, without control characters and marks that turn the direction of writing."""
    plain = "".join(" " if unicodedata.category(one) in UNSHOWN else one for one in text)
    return " ".join(TURNING.sub("", plain).split())[:LONGEST_TITLE].strip()


def own_name(filename: str) -> str:
    """The last part of a path in the style of any system; the folders before it are nobody's business."""
    return clean_title(re.split(r"[/\\]", filename)[-1]).strip(". ")


def download_name(title: str, content_type: str) -> str:
    """What a file is called when it is saved: the title, safe on any system, with an ending that is true."""
    name = UNSAFE.sub("_", clean_title(title)).strip(". ") or UNNAMED
    endings = EXTENSIONS.get(content_type, ())
    if endings and not name.lower().endswith(endings):
        name += endings[0]
    return name


def disposition(title: str, content_type: str, *, inline: bool) -> str:
    """The header `Content-Disposition` (RFC 6266), for old programs in ASCII too."""
    name = download_name(title, content_type)
    plain = re.sub(r"[^ -~]", "_", unicodedata.normalize("NFKD", name)).replace("%", "_")
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
