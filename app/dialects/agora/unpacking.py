"""The bytes of a token: base64, deflate, little-endian numbers, texts and maps behind their lengths."""

import base64
import struct
import zlib

MOST = 8 * 1024
"""What a token may inflate to."""

CHECKSUM = 4
"""Bytes behind the compressed ones."""


class UnreadableError(ValueError):
    """These bytes are no token's."""


class Reader:
    """Reads bytes from the front."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def rest(self) -> bytes:
        """Those not read yet."""
        return self._data[self._at :]

    def u16(self) -> int:
        """A number of two bytes."""
        return int.from_bytes(self._take(2), "little")

    def i16(self) -> int:
        """A number of two bytes that may be negative."""
        return int.from_bytes(self._take(2), "little", signed=True)

    def u32(self) -> int:
        """A number of four bytes."""
        return int.from_bytes(self._take(4), "little")

    def text(self) -> bytes:
        """A text with its length before it."""
        return self._take(self.u16())

    def numbers(self) -> dict[int, int]:
        """A map of numbers with its size before it."""
        packed = self._take(6 * self.u16())
        return dict(struct.iter_unpack("<HI", packed))

    def must_be_over(self) -> None:
        """There is nothing left, or UnreadableError."""
        if self.rest:
            raise UnreadableError

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise UnreadableError
        self._at += count
        return taken


def plain_base64(text: str) -> bytes:
    """The bytes of a base64 text as every encoder writes it: only such characters, no stray bits."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise UnreadableError from None
    if base64.b64encode(data).decode() != text:
        raise UnreadableError
    return data


def inflated(data: bytes) -> bytes:
    """The inflated bytes, at most MOST of them, of one whole zlib stream, or UnreadableError."""
    found = _inflate(data)
    if found is None or _has_stray_bits(data, found):
        raise UnreadableError
    return found


def _inflate(data: bytes) -> bytes | None:
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(data, MOST)
    except zlib.error:
        return None
    return found if stream.eof and not stream.unused_data else None


def _has_stray_bits(data: bytes, found: bytes) -> bool:
    """Whether bits were set that mean nothing: those between the end code and the next whole byte.

    Compressors leave them 0. If the highest bit set there is one of them, so are all above it, and none of
    these changes anything; if it is not, one of these is the end code's, without which the stream goes on.
    """
    at = len(data) - CHECKSUM - 1
    last = data[at]
    flipped = (last ^ 1 << bit for bit in range(last.bit_length() - 1, 8) if last)
    return bool(last) and all(_inflate(data[:at] + bytes([one]) + data[at + 1 :]) == found for one in flipped)
