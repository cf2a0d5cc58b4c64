"""Letters on pictures: a font that this machine has, and lines that fit."""

from functools import lru_cache
from typing import Final

from PIL import ImageFont

FONTS: Final = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "Arial Unicode.ttf",
    "Arial.ttf",
    "LiberationSans-Regular.ttf",
)
"""Looked for in the system's folders, the ones with more of the world's letters first."""
LONGEST: Final = 400

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=16)
def font(size: int, path: str = "") -> Font:
    """The font at a path, else one of the system's, else the plain one that Pillow brings."""
    for name in (path, *FONTS) if path else FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


@lru_cache(maxsize=256)
def cut(text: str, letters: Font, width: float) -> str:
    """As much of a text as fits into a line."""
    text = " ".join(text[:LONGEST].split())
    if letters.getlength(text) <= width:
        return text
    while text and letters.getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


@lru_cache(maxsize=256)
def wrapped(text: str, letters: Font, width: float, most: int) -> tuple[str, ...]:
    """A text in lines that fit, at most so many of them."""
    lines: list[str] = []
    line = ""
    for word in text[:LONGEST].split():
        longer = f"{line} {word}" if line else word
        if letters.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = cut(word, letters, width)
    lines.append(line)
    return tuple(lines[:most])
