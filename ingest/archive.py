"""In: captures and cleaned texts. Out: gzip WARC files, Parquet files of texts; both found again by file, offset and digest."""

from __future__ import annotations

import hashlib
import io
import re
import uuid
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, response, warcinfo

from ingest.errors import Halt
from ingest.ids import digest, text_digest
from ingest.records import Capture, Failure, FailureReason, Role
from ingest.seal import ROOM, is_sealed, sealed
from ingest.storage import AlreadyExistsError, Storage

ROOT = "archive"
SOFTWARE = "claimledger"
GZIP_LEVEL = 6
HEADER_BYTES = 1_000_000  # what the headers of an answer may take beside its body
TEXT_SCHEMA = pa.schema([pa.field("text_digest", pa.string(), nullable=False), pa.field("text", pa.string(), nullable=False)])
_ANSWER_HEAD = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n"
_NAMED = re.compile(r"(?:.*-([0-9a-f]{16})\.warc\.gz|([0-9a-f]{24})\.parquet)")  # file names end with the first digits of their digest
_LENGTH = re.compile(r"[0-9]{1,18}")
_GZIP_HEAD = b"\x1f\x8b\x08\x10\0\0\0\0\x02\xff"  # deflate, a comment follows, no time, best compression, unknown system
_WITHDRAWN = (
    b"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
    b"WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nwithdrawn\r\n\r\n"
)
# A file that a withdrawal changed is not what its name says any more: it holds its own digest, a WARC in the comment of what was removed.
_WARC_SEAL = _GZIP_HEAD + b"sha256:"
_TEXT_NOTE = "claimledger.texts_sha256"
_TEXT_SEAL = _TEXT_NOTE.encode() + b"\x18\x40"  # Parquet's metadata has it as name, type, length 64, digits
_NAMESPACE = uuid.UUID("6f9d1c52-5a3e-5c0e-9b57-2f4c1a7f0b11")  # record ids are derived from content: the same batch, the same bytes
_DROPPED = frozenset({"content-encoding", "transfer-encoding", "content-length"})  # the body is stored decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a body lies: a WARC file and one gzip member in it, offset and length in bytes."""

    warc_file: str
    warc_offset: int
    warc_bytes: int


class Archive:
    """The WARC files and texts of one home. Files are created once, whole or not at all; a withdrawal alone takes something out of them."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def write_captures(self, stream: str, captures: Sequence[Capture]) -> list[Place]:
        """One WARC file for the batch, named by its first fetch and its content. Writing the same batch again changes nothing."""
        data, members = _warc(captures)
        day = captures[0].fetched_at.astimezone(UTC)
        key = f"{ROOT}/{stream}/{day:%Y}/{day:%Y%m%dT%H%M%SZ}-{digest(data)[:16]}.warc.gz"
        self._create(key, data)
        return [Place(warc_file=key, warc_offset=offset, warc_bytes=size) for offset, size in members]

    def read_body(self, place: Place, body_digest: str) -> bytes:
        """The body of a capture. Raises Halt when the file is gone, cut or holds something else."""
        try:
            member = self.storage.read(place.warc_file, place.warc_offset, place.warc_bytes)
            record = next(iter(ArchiveIterator(io.BytesIO(member), record_types=response, parse_http=False)))
            record.parse_http(max_header_len=HEADER_BYTES)
            body = record.reader.read()
        except (FileNotFoundError, OSError, ValueError, StopIteration) as error:
            raise Halt(f"{place.warc_file} at {place.warc_offset}: no readable record ({error!r}); run: claimledger verify") from error
        if digest(body) != body_digest:
            raise Halt(f"{place.warc_file} at {place.warc_offset}: the body is not the one the log names; run: claimledger verify")
        return body

    def write_texts(self, stream: str, texts: Mapping[str, str]) -> str:
        """One Parquet file for a batch of texts by digest, named by its content; its key."""
        ordered = sorted(texts.items())
        data = _texts_file(pa.Table.from_pylist([{"text_digest": name, "text": text} for name, text in ordered], schema=TEXT_SCHEMA))
        key = f"{ROOT}/{stream}/texts/{digest(data)[:24]}.parquet"
        self._create(key, data)
        return key

    def read_texts(self, key: str) -> pa.Table:
        """All texts of one file, columns `text_digest` and `text`. Raises Halt when a text is not the one its digest names."""
        try:
            data = pa.BufferReader(self.storage.read(key))
            table = pq.ParquetFile(data, pre_buffer=False).read(use_threads=False)  # no thread pools, as in `log`
            if table.schema.remove_metadata() != TEXT_SCHEMA:
                raise ValueError("its columns are not text_digest and text")
        except (FileNotFoundError, pa.ArrowException, OSError, ValueError) as error:
            raise Halt(f"{key}: no readable file of texts ({error}); run: claimledger verify") from error
        for name, text in zip(*(table.column(c).to_pylist() for c in ("text_digest", "text")), strict=True):
            if text is None or text_digest(text) != name:
                raise Halt(f"{key}: the text named {str(name)[:12]}… was changed; run: claimledger verify")
        return table

    def remove_bodies(self, places: Iterable[Place]) -> int:
        """Put a record that says `withdrawn` where each body was; how many were there. All other records stay at their offsets."""
        by_file: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            if not self.is_removed(place):
                by_file[place.warc_file].append(place)
        for key, of_file in by_file.items():
            data = bytearray(self.storage.read(key))
            for place in of_file:
                data[place.warc_offset : place.warc_offset + place.warc_bytes] = _withdrawn_member(place.warc_bytes)
            self.storage.replace(key, sealed(bytes(data), _WARC_SEAL))
        return sum(map(len, by_file.values()))

    def is_removed(self, place: Place) -> bool:
        """Whether nothing of the body is left: its record says so, or its file is gone."""
        try:
            member = self.storage.read(place.warc_file, place.warc_offset, place.warc_bytes)
        except FileNotFoundError:
            return True
        start = len(_WARC_SEAL)
        return member[:start] + ROOM.encode() + member[start + len(ROOM) :] == _withdrawn_member(place.warc_bytes)

    def remove_texts(self, key: str, digests: Collection[str]) -> int:
        """Leave the texts named by `digests` out of a file; how many were there. A file that is gone holds none."""
        if not self.has(key):
            return 0
        table = self.read_texts(key)
        kept = table.filter(pc.invert(pc.is_in(table.column("text_digest"), pa.array(sorted(digests), pa.string()))))
        if kept.num_rows < table.num_rows:
            self.storage.replace(key, sealed(_texts_file(kept, {_TEXT_NOTE: ROOM}), _TEXT_SEAL))
        return int(table.num_rows - kept.num_rows)

    def has(self, key: str) -> bool:
        """Whether there is a file under `key`."""
        try:
            self.storage.size(key)
        except FileNotFoundError:
            return False
        return True

    def problem(self, key: str) -> str | None:
        """What is wrong with a file as a whole; None when it holds the very bytes that were written, or that a withdrawal left."""
        try:
            data = self.storage.read(key)
        except FileNotFoundError:
            return "is gone"
        told = _NAMED.fullmatch(key.rsplit("/", 1)[1])
        if told is None:
            return "is not named as a file of the archive; nothing reads it: remove it"
        if digest(data).startswith(told[1] or told[2]):
            return None
        is_left = is_sealed(data, _WARC_SEAL if told[1] else _TEXT_SEAL)
        return None if is_left else "its bytes are not those that were written: restore it from a backup"

    def _create(self, key: str, data: bytes) -> None:
        try:
            self.storage.create(key, data)
        except AlreadyExistsError:
            if digest(self.storage.read(key)) != digest(data):
                raise Halt(f"{key} exists with other content; run: claimledger verify") from None


def _texts_file(table: pa.Table, notes: Mapping[str, str] | None = None) -> bytes:
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, table.schema, compression="zstd") as writer:
        writer.write_table(table)
        if notes:
            writer.add_key_value_metadata(notes)
    return sink.getvalue()


def _withdrawn_member(size: int) -> bytes:
    """A gzip member of `size` bytes with a WARC record that says that what was here was withdrawn.

    The comment that gzip allows in its header fills it up, so that the members behind it keep their offsets. No member of a capture is as
    short as this one: its digests alone take more.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(_WITHDRAWN) + deflate.flush()
    end = zlib.crc32(_WITHDRAWN).to_bytes(4, "little") + len(_WITHDRAWN).to_bytes(4, "little")
    comment = b" " * (size - len(_WARC_SEAL) - len(ROOM) - 1 - len(body) - len(end)) + b"\0"
    return _WARC_SEAL + ROOM.encode() + comment + body + end


def _warc(captures: Sequence[Capture]) -> tuple[bytes, list[tuple[int, int]]]:
    buffer = io.BytesIO()
    with GzipWriter(buffer, compression_level=GZIP_LEVEL) as stream:
        _write(stream, _info_record(captures[0].fetched_at))
        members = []
        for capture in captures:
            start = buffer.tell()
            _write(stream, _response_record(capture))
            members.append((start, buffer.tell() - start))
    return buffer.getvalue(), members


def _write(stream: GzipWriter, record: WarcRecord) -> None:
    record.write(stream, checksum_data=True)
    stream.finish()  # one gzip member per record: that is what makes offsets useful


def _info_record(at: datetime) -> WarcRecord:
    content = f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\n".encode()
    return _record(warcinfo, at, "application/warc-fields", content, {})


def _response_record(capture: Capture) -> WarcRecord:
    http = f"HTTP/1.1 {capture.status} {'OK' if capture.status == 200 else 'Answer'}\r\n".encode() + _http_headers(capture) + b"\r\n"
    extra = {"WARC-Target-URI": capture.final_url, "WARC-Payload-Digest": f"sha256:{capture.body_digest}"}
    return _record(response, capture.fetched_at, "application/http; msgtype=response", http + capture.body, extra)


def _http_headers(capture: Capture) -> bytes:
    kept = [(n, v) for n, v in capture.headers if n.lower() not in _DROPPED]
    kept += [(f"X-Archive-Orig-{n}", v) for n, v in capture.headers if n.lower() in _DROPPED]
    kept.append(("Content-Length", str(len(capture.body))))
    lines = (f"{name}: {' '.join(value.split())}\r\n" for name, value in kept)
    return "".join(lines).encode("latin-1", "replace")


def _record(kind: Any, at: datetime, content_type: str, content: bytes, headers: Mapping[str, str]) -> WarcRecord:
    stamp = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    urn = uuid.uuid5(_NAMESPACE, stamp + hashlib.sha256(content).hexdigest() + str(sorted(headers.items())))
    record = WarcRecord()
    record.init_headers(record_type=kind, record_urn=f"uuid:{urn}".encode())
    record.headers["WARC-Date"] = stamp
    for name, value in headers.items():
        record.headers[name] = value
    record.headers["Content-Type"] = content_type
    record.set_bytes_content(content)
    return record


def read_warc(path: Path, max_bytes: int) -> Iterator[Capture | Failure]:
    """Every HTTP response of a WARC file, own or foreign (CC-NEWS), as captures; what cannot be read as failures with a reason.

    `max_bytes` bounds one decoded body. A file that breaks off ends in one failure; what came before it stands.
    """
    last, at, problem = "its beginning", datetime.fromtimestamp(0, UTC), None
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=response, parse_http=False):
                last, at = _target(record) or last, record.record_date or at
                yield _capture(record, at, max_bytes)
        problem = _break(path)
    except (OSError, ValueError, zlib.error) as error:
        problem = str(error)
    if problem:
        detail = f"{path.name} breaks off after {last}: {problem}; fetch the file again"
        yield Failure(url=f"file:{path.name}", role=Role.LISTING, reason=FailureReason.FILE_UNREADABLE, detail=detail, fetched_at=at)


def _break(path: Path) -> str | None:
    """What is wrong with the end of a gzip file: the reader of records takes a cut or damaged one for a shorter one, without a word."""
    with path.open("rb") as file:
        member = None
        while chunk := file.read(1 << 20):
            if member is None and not chunk.startswith(b"\x1f"):
                return None if file.tell() == len(chunk) else "bytes that are no gzip member follow the last record"
            while chunk:
                member = member or zlib.decompressobj(wbits=31)
                member.decompress(chunk)
                chunk, member = (member.unused_data, None) if member.eof else (b"", member)
    return "the file ends inside a record" if member else None


def _target(record: WarcRecord) -> str:
    return (record.headers.get("WARC-Target-URI") or "").strip("<>")


def _capture(record: WarcRecord, at: datetime, max_bytes: int) -> Capture | Failure:
    url = _target(record)
    if not url.startswith(("http://", "https://")) or not url.isprintable():
        where = url if url.isprintable() and url else f"record {record.record_id or 'without an id'}"
        return _refused(where, at, FailureReason.BAD_URL, f"the record is of {url!r:.200}; an http or https address was expected", 0)
    too_large = _refused(url, at, FailureReason.TOO_LARGE, f"the archived body is larger than {max_bytes} bytes", 0)
    declared = int(record.headers.get("Content-Length") or 0)
    if declared > max_bytes + HEADER_BYTES:
        return too_large
    block = record.reader.read()
    if len(block) != declared:
        return _refused(url, at, FailureReason.TRUNCATED, f"the record says {declared} bytes and holds {len(block)}", 0)
    try:
        return _answer(WarcRecord.from_bytes(_ANSWER_HEAD % len(block) + block + b"\r\n\r\n"), url, at, max_bytes) or too_large
    except (OSError, ValueError) as error:  # this answer alone is at fault; decoded apart from the file, it does not stop the next
        return _refused(url, at, FailureReason.PROTOCOL, f"the archived answer cannot be decoded: {error}", 0)


def _answer(record: WarcRecord, url: str, at: datetime, max_bytes: int) -> Capture | Failure | None:
    """The capture, or why it is none; None when it is too large."""
    record.parse_http(auto_decode="all", max_header_len=HEADER_BYTES)
    http = record.http_headers
    status = int(http.status_code or 0) if http is not None else 0
    if status != 200:
        return _refused(url, at, FailureReason.CLIENT_ERROR, f"the archived answer has status {status}; 200 was expected", status)
    body = record.reader.read(max_bytes + 1)
    if len(body) > max_bytes:
        return None
    if _is_cut(http, body):
        return _refused(url, at, FailureReason.TRUNCATED, "the record holds less than its headers say", status)
    return Capture(
        url=url,
        final_url=url,
        role=Role.ARTICLE,
        status=status,
        fetched_at=at,
        content_type=(record.http_content_type or "").lower(),
        charset=record.http_charset,
        headers=tuple((n.lower(), v) for n, v in http.astuples() if n.lower() not in _DROPPED),
        body=body,
        body_digest=digest(body),
    )


def _is_cut(http: Any, body: bytes) -> bool:
    """The crawler itself may have archived less than the host announced."""
    encoded = {"content-encoding", "transfer-encoding"} & {n.lower() for n, _ in http.astuples()}
    declared = http.get("Content-Length")
    return not encoded and _LENGTH.fullmatch(declared or "") is not None and int(declared) != len(body)


def _refused(url: str, at: datetime, reason: FailureReason, detail: str, status: int) -> Failure:
    return Failure(url=url, role=Role.ARTICLE, reason=reason, detail=detail, fetched_at=at, status=status or None)


def in_batches(captures: Iterable[Capture], max_bytes: int, max_items: int) -> Iterator[list[Capture]]:
    """Captures cut into batches of at most `max_items` and about `max_bytes` of bodies, so that memory stays bounded."""
    batch: list[Capture] = []
    held = 0
    for capture in captures:
        batch.append(capture)
        held += len(capture.body)
        if held >= max_bytes or len(batch) >= max_items:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def without_body(capture: Capture) -> Capture:
    """The capture as the log needs it, its body let go."""
    return replace(capture, body=b"")
