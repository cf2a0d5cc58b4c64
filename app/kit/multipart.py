"""A multipart form read as it arrives: its fields as text, its one file in chunks, never whole in memory."""

from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.rules.refusals import BadValue, TooLarge

LONGEST_FIELD: Final = 64 * 1024
MOST_PARTS: Final = 50
NO_FORM = "must be multipart/form-data with the part `file`"


class Form:
    """The form in a request's body. Read the file, then `finish`: fields may stand before and after it."""

    def __init__(self, content_type: str, body: AsyncIterator[bytes], file: str = "file") -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise BadValue("Content-Type", NO_FORM)
        self.fields: dict[str, str] = {}
        self.filename = ""
        self._file = file
        self._body = body
        try:
            self._parser = MultipartParser(options[b"boundary"], self._callbacks())  # type: ignore[arg-type]
        except FormParserError:
            raise BadValue("Content-Type", "has a boundary that is too long") from None
        self._parts = 0
        self._headers: dict[bytes, bytes] = {}
        self._header = (b"", b"")
        self._text: bytearray | None = None
        self._name = ""
        self._chunks: deque[bytes] = deque()
        self._in_file = self._file_seen = self._file_over = self._over = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The file, as it comes in; BadValue when there is none or the body breaks off."""
        while not self._file_over:
            if not await self._read():
                raise BadValue(self._file, "is missing" if not self._file_seen else "was cut off")
            while self._chunks:
                yield self._chunks.popleft()

    async def finish(self) -> None:
        """Read what follows the file."""
        while not self._over:
            if not await self._read():
                raise BadValue("Content-Type", "promises a form, and the body ends before the form does")

    async def _read(self) -> bool:
        """Take the next piece of the body; false at its end."""
        async for data in self._body:
            if data and not self._over:
                self._feed(data)
            return True
        return False

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError:
            raise BadValue("Content-Type", "promises a form, and the body is none") from None

    # The parser's callbacks. Data come as a buffer with a beginning and an end in it.

    def _callbacks(self) -> dict[str, object]:
        headers = ("header_field", "header_value", "header_end", "headers_finished")
        names = ("part_begin", *headers, "part_data", "part_end", "end")
        return {f"on_{name}": getattr(self, f"_on_{name}") for name in names}

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise BadValue("Content-Type", f"may have at most {MOST_PARTS} parts")
        self._headers, self._header = {}, (b"", b"")

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _on_header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        # Some programs send the file without a file name.
        self._in_file = self._name == self._file and not self._file_seen
        if self._in_file:
            self._file_seen = True
            self.filename = options.get(b"filename", b"").decode("utf-8", "replace")
        # A second file is read past; a field is kept.
        keep = not self._in_file and b"filename" not in options and bool(self._name)
        self._text = bytearray() if keep else None

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._chunks.append(data[start:end])
        elif self._text is not None:
            self._text += data[start:end]
            if len(self._text) > LONGEST_FIELD:
                raise TooLarge(self._name, LONGEST_FIELD)

    def _on_part_end(self) -> None:
        if self._in_file:
            self._in_file, self._file_over = False, True
        elif self._text is not None:
            self.fields[self._name] = self._text.decode("utf-8", "replace")

    def _on_end(self) -> None:
        self._over = True
