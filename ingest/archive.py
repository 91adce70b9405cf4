"""In: captures and cleaned texts. Out: gzip WARC files and Parquet files of texts; bodies and texts found again by file, offset and digest."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, response, warcinfo

from ingest.errors import Halt
from ingest.ids import digest, text_digest
from ingest.records import Capture, Failure, FailureReason, Role
from ingest.storage import AlreadyExistsError, Storage

ROOT = "archive"
SOFTWARE = "claimledger"
GZIP_LEVEL = 6
TEXT_SCHEMA = pa.schema([pa.field("text_digest", pa.string(), nullable=False), pa.field("text", pa.string(), nullable=False)])
_NAMESPACE = uuid.UUID("6f9d1c52-5a3e-5c0e-9b57-2f4c1a7f0b11")  # record ids are derived from content: the same batch, the same bytes
_DROPPED = frozenset({"content-encoding", "transfer-encoding", "content-length"})  # the body is stored decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a body lies: a WARC file and one gzip member in it, offset and length in bytes."""

    warc_file: str
    warc_offset: int
    warc_bytes: int


class Archive:
    """The WARC files and texts of one home. Files are created once, whole or not at all."""

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
            body = next(iter(ArchiveIterator(io.BytesIO(member), record_types=response))).reader.read()
        except (FileNotFoundError, OSError, ValueError, StopIteration) as error:
            raise Halt(f"{place.warc_file} at {place.warc_offset}: no readable record ({error!r}); run: claimledger verify") from error
        if digest(body) != body_digest:
            raise Halt(f"{place.warc_file} at {place.warc_offset}: the body is not the one the log names; run: claimledger verify")
        return body

    def write_texts(self, stream: str, texts: Mapping[str, str]) -> str:
        """One Parquet file for a batch of texts by digest, named by its content; its key."""
        ordered = sorted(texts.items())
        table = pa.Table.from_pylist([{"text_digest": name, "text": text} for name, text in ordered], schema=TEXT_SCHEMA)
        sink = io.BytesIO()
        pq.write_table(table, sink, compression="zstd")
        data = sink.getvalue()
        key = f"{ROOT}/{stream}/texts/{digest(data)[:24]}.parquet"
        self._create(key, data)
        return key

    def read_texts(self, key: str) -> pa.Table:
        """All texts of one file, columns `text_digest` and `text`. Raises Halt when a text is not the one its digest names."""
        try:
            table = pq.read_table(pa.BufferReader(self.storage.read(key)), schema=TEXT_SCHEMA)
        except (FileNotFoundError, pa.ArrowException, OSError, ValueError) as error:
            raise Halt(f"{key}: no readable file of texts ({error}); run: claimledger verify") from error
        for name, text in zip(*(table.column(c).to_pylist() for c in ("text_digest", "text")), strict=True):
            if text_digest(text) != name:
                raise Halt(f"{key}: the text named {name[:12]}… was changed; run: claimledger verify")
        return table

    def _create(self, key: str, data: bytes) -> None:
        try:
            self.storage.create(key, data)
        except AlreadyExistsError:
            if digest(self.storage.read(key)) != digest(data):
                raise Halt(f"{key} exists with other content; run: claimledger verify") from None


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
    url, at = f"file:{path.name}", datetime.fromtimestamp(0, UTC)
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=response, parse_http=True, auto_decode="all"):
                url, at = _target(record), record.record_date or at
                yield _capture(record, url, at, max_bytes)
    except (OSError, ValueError) as error:
        detail = f"{path.name} breaks off after {url}: {error}; fetch the file again"
        yield Failure(url=f"file:{path.name}", role=Role.LISTING, reason=FailureReason.FILE_UNREADABLE, detail=detail, fetched_at=at)


def _target(record: WarcRecord) -> str:
    return (record.headers.get("WARC-Target-URI") or "").strip("<>")


def _capture(record: WarcRecord, url: str, at: datetime, max_bytes: int) -> Capture | Failure:
    http = record.http_headers
    status = int(http.status_code or 0) if http is not None else 0
    if status != 200:
        return _refused(url, at, FailureReason.CLIENT_ERROR, f"the archived answer has status {status}; 200 was expected", status)
    body = record.reader.read(max_bytes + 1)
    if len(body) > max_bytes:
        return _refused(url, at, FailureReason.TOO_LARGE, f"the archived body is larger than {max_bytes} bytes", status)
    if _is_cut(record, http, body):
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


def _is_cut(record: WarcRecord, http: Any, body: bytes) -> bool:
    """fastwarc gives half a page without an exception when the file ends inside a record."""
    encoded = {"content-encoding", "transfer-encoding"} & {n.lower() for n, _ in http.astuples()}
    declared = http.get("Content-Length")
    return not encoded and declared is not None and declared.isdigit() and int(declared) != len(body)


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
