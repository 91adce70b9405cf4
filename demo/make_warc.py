"""The pages of the closed outlet in; `demo/data/old_courier.warc.gz` out, the same bytes every time.

python -m demo.make_warc
"""

from __future__ import annotations

import gzip
import io
import uuid
from collections.abc import Iterator
from pathlib import Path

from fastwarc.warc import WarcRecord, WarcRecordType

from demo.articles import Article, articles, outlets
from demo.web import Response, respond

OUTLET = "courier"
TARGET = Path(__file__).parent / "data" / "old_courier.warc.gz"
INFO = b"software: demo.make_warc\r\nformat: WARC/1.1\r\n"
MISSING = "/2024/closing-letter"  # an archive holds failures too; a reader must pass over this record


def warc_bytes() -> bytes:
    """One gzip member per record: a warcinfo, then one response for each page, then one 404."""
    return b"".join(gzip.compress(record, mtime=0) for record in _records())


def _records() -> Iterator[bytes]:
    yield _record(WarcRecordType.warcinfo, None, "2024-03-01T00:00:00Z", INFO)
    host = outlets()[OUTLET].host
    pages = [article for article in articles() if article.outlet == OUTLET]
    for article in pages:
        yield _response(f"http://{host}{article.path}", _captured(article), respond(host, article.path, 1))
    yield _response(f"http://{host}{MISSING}", "2024-02-29T12:00:00Z", respond(host, MISSING, 1))


def _captured(article: Article) -> str:
    """The archive took each page on the first of February 2024, at the hour of its publication."""
    return f"2024-02-01T{article.published:%H:%M:%S}Z"


def _response(address: str, captured: str, response: Response) -> bytes:
    head = [f"HTTP/1.1 {response.status} {'OK' if response.status == 200 else 'Not Found'}"]
    head += [f"{name}: {value}" for name, value in response.headers.items()]
    head += [f"Content-Length: {response.length}", "", ""]
    return _record(WarcRecordType.response, address, captured, "\r\n".join(head).encode() + response.body)


def _record(kind: WarcRecordType, address: str | None, captured: str, block: bytes) -> bytes:
    record = WarcRecord()
    urn = f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{address}#{captured}')}"
    record.init_headers(record_type=kind, record_urn=urn.encode())
    record.headers["WARC-Date"] = captured
    if address:
        record.headers["WARC-Target-URI"] = address
        record.headers["Content-Type"] = "application/http; msgtype=response"
    else:
        record.headers["Content-Type"] = "application/warc-fields"
    record.set_bytes_content(block)
    out = io.BytesIO()
    record.write(out, checksum_data=True)
    return out.getvalue()


if __name__ == "__main__":
    TARGET.write_bytes(warc_bytes())
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
