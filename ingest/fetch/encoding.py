"""In: the bytes of a body as they come, and their Content-Encoding. Out: decoded bytes, never more than the limit."""

from __future__ import annotations

import zlib

from ingest.fetch.trouble import Trouble
from ingest.records import FailureReason

ACCEPTED = "gzip, deflate"  # what is asked for; zlib of the standard library decodes both within a bound
_GZIP, _ZLIB, _RAW = 31, 15, -15  # window bits as zlib wants them
_GZIP_MAGIC = b"\x1f\x8b"


class Body:
    """Collects one body. `max_bytes` bounds the decoded bytes and, separately, the received ones."""

    def __init__(self, encoding: str, max_bytes: int) -> None:
        """Raises Trouble(BAD_ENCODING) for an encoding that was not asked for."""
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise _broken(f"Content-Encoding is {encoding[:60]!r}; {ACCEPTED} or none was expected")
        self._name = name
        self._max_bytes = max_bytes
        self._received = 0
        self._head = b""
        self._stream: zlib._Decompress | None = None
        self._out = bytearray()

    def add(self, chunk: bytes) -> None:
        """Raises Trouble: TOO_LARGE beyond the limit, BAD_ENCODING where the stream is none."""
        self._received += len(chunk)
        if self._name in ("", "identity"):
            self._out += chunk
        else:
            self._inflate(chunk)
        if max(len(self._out), self._received) > self._max_bytes:
            raise too_large(self._max_bytes)

    def finish(self) -> bytes:
        """The whole body. Raises Trouble(BAD_ENCODING) where the compressed stream ends too early."""
        if self._head or (self._stream is not None and not self._stream.eof):
            raise _broken(f"the {self._name} stream ends too early; a complete one was expected")
        return bytes(self._out)

    def cut(self) -> bytes:
        """What there is, cut at the limit."""
        return bytes(self._out[: self._max_bytes])

    def _inflate(self, chunk: bytes) -> None:
        data, self._head = self._head + chunk, b""
        while data:
            if self._stream is None:
                if len(data) < 2:  # two bytes tell what kind of stream begins
                    self._head = data
                    return
                self._stream = zlib.decompressobj(wbits=self._window(data))
            if self._stream.eof:
                return  # bytes behind the stream; browsers ignore them as well
            try:
                self._out += self._stream.decompress(data, self._max_bytes - len(self._out) + 1)
            except zlib.error as error:
                raise _broken(f"the {self._name} stream is broken ({error})") from None
            if len(self._out) > self._max_bytes:
                raise too_large(self._max_bytes)
            data = self._stream.unused_data
            if data and _GZIP_MAGIC.startswith(data[:2]) and self._name != "deflate":
                self._stream = None  # gzip members may follow each other

    def _window(self, data: bytes) -> int:
        """Window bits for the stream that begins with `data`: `deflate` means zlib by the standard and a raw stream by custom."""
        if self._name != "deflate":
            return _GZIP
        is_zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        return _ZLIB if is_zlib else _RAW


def too_large(max_bytes: int) -> Trouble:
    """The body goes beyond the limit."""
    return Trouble(FailureReason.TOO_LARGE, f"the body has more than {max_bytes} bytes; reading stopped there")


def _broken(detail: str) -> Trouble:
    return Trouble(FailureReason.BAD_ENCODING, detail)
