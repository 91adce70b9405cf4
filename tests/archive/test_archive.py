"""In: captures and texts. Out: WARC files that a second library reads too, and no changed byte that is ever believed."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.archive import Archive, Place, in_batches, read_warc, without_body
from ingest.errors import Halt
from ingest.ids import digest, text_digest
from ingest.records import Capture, Failure, FailureReason, Role
from ingest.storage import LocalStorage

# warcio leaves its spooled temporary files to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")

AT = datetime(2026, 3, 1, 4, 0, 0, 123456, tzinfo=UTC)
STREAM = "gazette"
HTML = "text/html; charset=utf-8"


def capture(number: int = 1, body: bytes = b"<p>News</p>", **changed: Any) -> Capture:
    url = f"https://a.example/{number}"
    values: dict[str, Any] = {
        "url": url,
        "final_url": url,
        "role": Role.ARTICLE,
        "status": 200,
        "fetched_at": AT + timedelta(seconds=number),
        "content_type": "text/html",
        "charset": "utf-8",
        "headers": (("content-type", HTML), ("content-encoding", "gzip"), ("content-length", "7"), ("set-cookie", "a=b")),
        "body": body,
        "body_digest": digest(body),
    }
    return Capture(**{**values, **changed})


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(LocalStorage(tmp_path))


def file_of(archive: Archive, place: Place) -> Path:
    assert isinstance(archive.storage, LocalStorage)
    return archive.storage.path(place.warc_file)


class TestWithdrawal:
    @given(bodies=st.lists(st.binary(max_size=300), min_size=1, max_size=5), data=st.data())
    @settings(max_examples=40, deadline=None)
    def test_what_is_removed_is_gone_and_all_else_stays_in_its_place(
        self, tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes], data: st.DataObject
    ) -> None:
        archive = Archive(LocalStorage(tmp_path_factory.mktemp("home")))
        captures = [capture(number, body) for number, body in enumerate(bodies)]
        places = archive.write_captures(STREAM, captures)
        path = file_of(archive, places[0])
        size = path.stat().st_size
        removed = data.draw(st.sets(st.integers(0, len(bodies) - 1)))
        assert archive.remove_bodies(places[n] for n in sorted(removed)) == len(removed)
        assert archive.remove_bodies(places[n] for n in sorted(removed)) == 0
        for number, (place, one) in enumerate(zip(places, captures, strict=True)):
            assert archive.is_removed(place) == (number in removed)
            if number in removed:
                with pytest.raises(Halt, match="no readable record"):
                    archive.read_body(place, one.body_digest)
            else:
                assert archive.read_body(place, one.body_digest) == one.body
        assert path.stat().st_size == size
        with path.open("rb") as file:
            kinds = [record.rec_type for record in ArchiveIterator(file)]
        assert kinds == ["warcinfo", *("metadata" if n in removed else "response" for n in range(len(bodies)))]
        assert len(list(read_warc(path, 10_000))) == len(bodies) - len(removed)

    def test_texts_are_removed_by_digest(self, archive: Archive) -> None:
        texts = {text_digest(text): text for text in ("one", "two", "three")}
        key = archive.write_texts(STREAM, texts)
        assert archive.remove_texts(key, [text_digest("two"), text_digest("four")]) == 1
        assert archive.remove_texts(key, [text_digest("two")]) == 0
        assert sorted(archive.read_texts(key).column("text").to_pylist()) == ["one", "three"]
        assert archive.remove_texts(key, list(texts)) == 2
        assert archive.read_texts(key).num_rows == 0
        assert archive.remove_texts("archive/gazette/texts/none.parquet", list(texts)) == 0


class TestOwnFiles:
    @given(bodies=st.lists(st.binary(max_size=300), min_size=1, max_size=5))
    @settings(max_examples=40, deadline=None)
    def test_every_body_is_read_back_by_its_place(self, tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes]) -> None:
        archive = Archive(LocalStorage(tmp_path_factory.mktemp("home")))
        captures = [capture(number, body) for number, body in enumerate(bodies)]
        places = archive.write_captures(STREAM, captures)
        assert [archive.read_body(place, c.body_digest) for place, c in zip(places, captures, strict=True)] == bodies

    def test_a_second_library_reads_it_with_all_digests(self, archive: Archive) -> None:
        captures = [capture(n, f"<p>Ünïcode {n}</p>".encode() * 100) for n in range(3)]
        path = file_of(archive, archive.write_captures(STREAM, captures)[0])
        with path.open("rb") as file:
            records = [
                (
                    r.rec_type,
                    r.rec_headers.get_header("WARC-Target-URI"),
                    r.http_headers,
                    r.content_stream().read(),
                    r.digest_checker.passed,
                )
                for r in ArchiveIterator(file, check_digests="raise")
            ]
        assert [kind for kind, *_ in records] == ["warcinfo", "response", "response", "response"]
        for one, (_, url, http, body, passed) in zip(captures, records[1:], strict=True):
            assert (url, body, passed) == (one.final_url, one.body, True)
            assert http.get_statuscode() == "200"
            assert http.get_header("content-type") == HTML
            assert http.get_header("content-encoding") is None, "the body is stored decoded"
            assert http.get_header("x-archive-orig-content-encoding") == "gzip"
            assert http.get_header("content-length") == str(len(one.body))

    def test_dates_and_payload_digest_are_in_the_record(self, archive: Archive) -> None:
        one = capture()
        path = file_of(archive, archive.write_captures(STREAM, [one])[0])
        with path.open("rb") as file:
            headers = next(r.rec_headers for r in ArchiveIterator(file) if r.rec_type == "response")
        assert headers.get_header("WARC-Date") == "2026-03-01T04:00:01.123456Z"
        assert headers.get_header("WARC-Payload-Digest") == f"sha256:{hashlib.sha256(one.body).hexdigest()}"

    def test_every_place_is_a_gzip_member_of_its_own(self, archive: Archive) -> None:
        captures = [capture(n, bytes([65 + n]) * 1000) for n in range(3)]
        for place, one in zip(archive.write_captures(STREAM, captures), captures, strict=True):
            member = file_of(archive, place).read_bytes()[place.warc_offset : place.warc_offset + place.warc_bytes]
            assert one.body in gzip.decompress(member)

    def test_the_same_batch_gives_the_same_bytes_and_no_second_file(self, archive: Archive, tmp_path: Path) -> None:
        captures = [capture(n) for n in range(3)]
        places = archive.write_captures(STREAM, captures)
        assert archive.write_captures(STREAM, captures) == places
        other = Archive(LocalStorage(tmp_path / "other"))
        other.write_captures(STREAM, captures)
        assert file_of(other, places[0]).read_bytes() == file_of(archive, places[0]).read_bytes()
        assert len(list(archive.storage.keys("archive"))) == 1

    def test_other_content_under_the_same_name_halts(self, archive: Archive) -> None:
        place = archive.write_captures(STREAM, [capture()])[0]
        file_of(archive, place).write_bytes(b"something else")
        with pytest.raises(Halt, match=f"{place.warc_file} exists with other content"):
            archive.write_captures(STREAM, [capture()])

    def test_the_name_tells_stream_year_and_instant_of_the_first_fetch(self, archive: Archive) -> None:
        key = archive.write_captures(STREAM, [capture(1), capture(2)])[0].warc_file
        assert key.startswith("archive/gazette/2026/20260301T040001Z-")
        assert key.endswith(".warc.gz")

    @pytest.mark.parametrize(
        "header",
        [
            ("x-odd", "caf\xe9 \u4e2d\u6587 \ud83d\ude00"),
            ("x-surrogate", "bad \udcff byte"),
            ("x-split", "one\r\nX-Forged: yes"),
            ("x-null", "a\0b"),
            ("x-long", "v" * 100_000),
            ("x-empty", ""),
            ("set-cookie", "a=1; path=/"),
        ],
    )
    def test_odd_headers_neither_break_the_record_nor_add_to_it(self, archive: Archive, header: tuple[str, str]) -> None:
        one = capture(headers=(("content-type", HTML), header))
        place = archive.write_captures(STREAM, [one])[0]
        assert archive.read_body(place, one.body_digest) == one.body
        back = list(read_warc(file_of(archive, place), 10_000))
        assert [c.body for c in back if isinstance(c, Capture)] == [one.body]
        with file_of(archive, place).open("rb") as file:
            http = next(r.http_headers for r in ArchiveIterator(file) if r.rec_type == "response")
        assert http.get_header("x-forged") is None

    def test_own_files_are_read_back_as_captures(self, archive: Archive) -> None:
        captures = [capture(n, f"<p>{n}</p>".encode()) for n in range(3)]
        path = file_of(archive, archive.write_captures(STREAM, captures)[0])
        back = list(read_warc(path, 10_000))
        assert [(c.url, c.body, c.body_digest, c.fetched_at, c.charset) for c in back if isinstance(c, Capture)] == [
            (c.url, c.body, c.body_digest, c.fetched_at, c.charset) for c in captures
        ]


class TestBrokenFiles:
    @pytest.fixture
    def place(self, archive: Archive) -> Place:
        return archive.write_captures(STREAM, [capture(n, bytes(range(65, 91)) * 10 + bytes([65 + n])) for n in range(3)])[1]

    def test_no_changed_byte_is_believed(self, archive: Archive, place: Place) -> None:
        body = bytes(range(65, 91)) * 10 + b"B"
        path = file_of(archive, place)
        data = path.read_bytes()
        told: set[bool] = set()
        for offset in range(place.warc_offset, place.warc_offset + place.warc_bytes, 3):
            broken = bytearray(data)
            broken[offset] ^= 1 << (offset % 8)
            path.write_bytes(broken)
            try:
                assert archive.read_body(place, digest(body)) == body
            except Halt as error:
                told.add(place.warc_file in str(error) and "claimledger verify" in str(error))
        assert told == {True}

    def test_a_cut_file_halts_by_name(self, archive: Archive, place: Place) -> None:
        path = file_of(archive, place)
        data = path.read_bytes()
        for size in (0, place.warc_offset, place.warc_offset + 5, place.warc_offset + place.warc_bytes // 2):
            path.write_bytes(data[:size])
            with pytest.raises(Halt, match=place.warc_file):
                archive.read_body(place, digest(b"x"))

    def test_a_file_that_is_gone_halts_by_name(self, archive: Archive, place: Place) -> None:
        file_of(archive, place).unlink()
        with pytest.raises(Halt, match=place.warc_file):
            archive.read_body(place, "0" * 64)

    def test_a_body_that_is_not_the_named_one_halts(self, archive: Archive, place: Place) -> None:
        with pytest.raises(Halt, match="the body is not the one the log names"):
            archive.read_body(place, "0" * 64)


def warcio_file(path: Path, write: Callable[[WARCWriter], None], *, is_gzip: bool = True) -> Path:
    with path.open("wb") as file:
        write(WARCWriter(file, gzip=is_gzip))
    return path


def http_record(
    writer: WARCWriter, url: str, body: bytes, headers: list[tuple[str, str]], kind: str = "response", status: str = "200 OK"
) -> Any:
    http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
    return writer.create_warc_record(
        url, kind, payload=io.BytesIO(body), http_headers=http, warc_headers_dict={"WARC-Date": "2025-06-01T10:00:00Z"}
    )


def one_record(body: bytes = b"<p>News</p>", headers: list[tuple[str, str]] | None = None, **told: str) -> Callable[[WARCWriter], None]:
    def write(writer: WARCWriter) -> None:
        writer.write_record(http_record(writer, told.pop("url", "http://a.example/1"), body, headers or [("Content-Type", HTML)], **told))

    return write


def only(path: Path, max_bytes: int = 100_000) -> Capture | Failure:
    found = list(read_warc(path, max_bytes))
    assert len(found) == 1, found
    return found[0]


class TestForeignFiles:
    @pytest.mark.parametrize("is_gzip", [True, False])
    def test_plain_and_gzip_files_are_read(self, tmp_path: Path, is_gzip: bool) -> None:
        found = only(warcio_file(tmp_path / "x.warc", one_record(), is_gzip=is_gzip))
        assert isinstance(found, Capture)
        assert (found.url, found.body, found.content_type, found.charset) == ("http://a.example/1", b"<p>News</p>", "text/html", "utf-8")
        assert found.fetched_at == datetime(2025, 6, 1, 10, tzinfo=UTC)

    def test_content_encoding_is_undone(self, tmp_path: Path) -> None:
        packed = gzip.compress(b"<p>News</p>" * 50)
        headers = [("Content-Type", HTML), ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
        found = only(warcio_file(tmp_path / "x.warc.gz", one_record(packed, headers)))
        assert isinstance(found, Capture)
        assert found.body == b"<p>News</p>" * 50
        assert "content-encoding" not in dict(found.headers)

    def test_chunks_are_joined(self, tmp_path: Path) -> None:
        headers = [("Content-Type", HTML), ("Transfer-Encoding", "chunked")]
        found = only(warcio_file(tmp_path / "x.warc.gz", one_record(b"4\r\n<p>N\r\n7\r\news</p>\r\n0\r\n\r\n", headers)))
        assert isinstance(found, Capture)
        assert found.body == b"<p>News</p>"

    def test_only_responses_count(self, tmp_path: Path) -> None:
        def write(writer: WARCWriter) -> None:
            writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "other"}))
            request = StatusAndHeaders("GET / HTTP/1.1", [("Host", "a.example")], is_http_request=True)
            writer.write_record(writer.create_warc_record("http://a.example/1", "request", http_headers=request))
            writer.write_record(
                writer.create_revisit_record(
                    "http://a.example/1", "sha1:X", "http://a.example/0", "2025-01-01T00:00:00Z", http_headers=None
                )
            )
            writer.write_record(
                writer.create_warc_record("http://a.example/1", "metadata", payload=io.BytesIO(b"x"), warc_content_type="text/plain")
            )
            one_record()(writer)

        assert isinstance(only(warcio_file(tmp_path / "x.warc.gz", write)), Capture)

    @pytest.mark.parametrize(
        ("write", "reason"),
        [
            (one_record(status="404 Not Found"), FailureReason.CLIENT_ERROR),
            (one_record(status="301 Moved"), FailureReason.CLIENT_ERROR),
            (one_record(url="ftp://a.example/1"), FailureReason.BAD_URL),
            (one_record(url="dns:a.example"), FailureReason.BAD_URL),
            (one_record(url="http://a.example/\x1b[31mred"), FailureReason.BAD_URL),
            (one_record(b"x" * 100_001), FailureReason.TOO_LARGE),
            (one_record(gzip.compress(b"0" * 5_000_000), [("Content-Encoding", "gzip")]), FailureReason.TOO_LARGE),
            (one_record(b"<p>Half", [("Content-Length", "500")]), FailureReason.TRUNCATED),
        ],
    )
    def test_what_cannot_be_taken_ends_as_a_failure_with_its_reason(
        self, tmp_path: Path, write: Callable[[WARCWriter], None], reason: FailureReason
    ) -> None:
        found = only(warcio_file(tmp_path / "x.warc.gz", write))
        assert isinstance(found, Failure)
        assert found.reason is reason, found
        assert found.url
        assert found.url.isprintable()

    @pytest.mark.parametrize("length", ["\u00b2", "9" * 5_000, "-1", "0x0b", "11, 11", ""])
    def test_a_length_that_is_no_number_says_nothing(self, tmp_path: Path, length: str) -> None:
        headers = [("Content-Type", HTML), ("Content-Length", length)]
        assert only(warcio_file(tmp_path / "x.warc.gz", one_record(headers=headers))).url == "http://a.example/1"

    def test_a_body_as_large_as_allowed_is_taken(self, tmp_path: Path) -> None:
        assert isinstance(only(warcio_file(tmp_path / "x.warc.gz", one_record(b"x" * 100_000))), Capture)

    def test_one_bad_answer_costs_itself_alone(self, tmp_path: Path) -> None:
        def write(writer: WARCWriter) -> None:
            one_record()(writer)
            one_record(b"this is no gzip at all", [("Content-Type", HTML), ("Content-Encoding", "gzip")], url="http://a.example/2")(writer)
            one_record(url="http://a.example/3")(writer)

        found = list(read_warc(warcio_file(tmp_path / "x.warc.gz", write), 100_000))
        assert [f.url for f in found] == ["http://a.example/1", "http://a.example/2", "http://a.example/3"]
        assert [isinstance(f, Capture) for f in found][::2] == [True, True]

    def test_a_file_cut_anywhere_gives_whole_captures_and_one_failure_of_the_file(self, tmp_path: Path) -> None:
        captures = [capture(n, hashlib.sha256(bytes([n])).hexdigest().encode() * 20) for n in range(3)]
        archive = Archive(LocalStorage(tmp_path))
        places = archive.write_captures(STREAM, captures)
        data = file_of(archive, places[0]).read_bytes()
        cut = tmp_path / "cut.warc.gz"
        ends = [place.warc_offset + place.warc_bytes for place in places]
        for size in range(1, len(data), 17):
            cut.write_bytes(data[:size])
            found = list(read_warc(cut, 100_000))
            taken = [c.body for c in found if isinstance(c, Capture)]
            assert taken == [c.body for c in captures[: len(taken)]], "a page is taken whole or not at all"
            assert len(taken) >= sum(end <= size for end in ends)
            broken = [f for f in found if isinstance(f, Failure) and f.reason is FailureReason.FILE_UNREADABLE]
            is_between = size in (places[0].warc_offset, *ends)
            assert len(broken) == (0 if is_between else 1), size
            assert all("cut.warc.gz breaks off after" in f.detail and "fetch the file again" in f.detail for f in broken)

    def test_a_changed_byte_is_never_taken_for_the_page(self, tmp_path: Path) -> None:
        captures = [capture(n, hashlib.sha256(bytes([n])).hexdigest().encode() * 20) for n in range(3)]
        archive = Archive(LocalStorage(tmp_path))
        data = file_of(archive, archive.write_captures(STREAM, captures)[0]).read_bytes()
        bodies = {c.body for c in captures}
        path = tmp_path / "flip.warc.gz"
        for place in range(0, len(data), 23):
            broken = bytearray(data)
            broken[place] ^= 1 << (place % 8)
            path.write_bytes(broken)
            found = list(read_warc(path, 100_000))
            taken = [c.body for c in found if isinstance(c, Capture)]
            assert set(taken) <= bodies
            assert len(taken) == 3 or any(isinstance(f, Failure) for f in found), f"byte {place}: a page is lost without a word"

    @pytest.mark.parametrize(
        "data", [b"", b"not a WARC at all", gzip.compress(b"not a WARC at all", mtime=0), b"\x1f\x8b\x08garbage", bytes(1000)]
    )
    def test_what_is_no_warc_raises_nothing(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "x.warc.gz"
        path.write_bytes(data)
        found = list(read_warc(path, 100_000))
        assert all(isinstance(f, Failure) and f.reason is FailureReason.FILE_UNREADABLE for f in found)
        assert len(found) <= 1


class TestTexts:
    TEXTS = ("Київ заявив, що 12 військових загинули.", "Plain\n\nparagraphs", "👨‍👩‍👧 𝕒𝕤𝕥𝕣𝕒𝕝 \U0010ffff", "", "a\0b\r\n\tc", "e\u0301 é")

    def test_texts_come_back_code_point_for_code_point(self, archive: Archive) -> None:
        texts = {text_digest(text): text for text in self.TEXTS}
        table = archive.read_texts(archive.write_texts(STREAM, texts))
        assert dict(zip(table.column("text_digest").to_pylist(), table.column("text").to_pylist(), strict=True)) == texts

    @given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
    @settings(max_examples=30, deadline=None)
    def test_any_text_comes_back(self, tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
        archive = Archive(LocalStorage(tmp_path_factory.mktemp("home")))
        named = {text_digest(text): text for text in texts}
        key = archive.write_texts(STREAM, named)
        assert archive.read_texts(key).column("text").to_pylist() == [named[name] for name in sorted(named)]

    def test_the_same_texts_in_another_order_make_the_same_file(self, archive: Archive) -> None:
        texts = {text_digest(text): text for text in self.TEXTS}
        key = archive.write_texts(STREAM, texts)
        assert archive.write_texts(STREAM, dict(reversed(texts.items()))) == key
        assert list(archive.storage.keys("archive")) == [key]

    def test_a_changed_text_halts_by_name(self, archive: Archive, tmp_path: Path) -> None:
        key = archive.write_texts(STREAM, {text_digest("right"): "right"})
        table = archive.read_texts(key)
        pq.write_table(table.set_column(1, table.schema.field(1), [["wrong"]]), tmp_path / key)
        with pytest.raises(Halt, match=f"{key}: the text named {text_digest('right')[:12]}… was changed"):
            archive.read_texts(key)

    def test_a_file_without_its_columns_halts(self, archive: Archive, tmp_path: Path) -> None:
        key = archive.write_texts(STREAM, {text_digest("right"): "right"})
        pq.write_table(archive.read_texts(key).select(["text_digest"]), tmp_path / key)
        with pytest.raises(Halt, match=key):
            archive.read_texts(key)

    @pytest.mark.parametrize("size", [0, 10, -5])
    def test_a_cut_file_halts_by_name(self, archive: Archive, tmp_path: Path, size: int) -> None:
        key = archive.write_texts(STREAM, {text_digest(text): text for text in self.TEXTS})
        path = tmp_path / key
        path.write_bytes(path.read_bytes()[:size])
        with pytest.raises(Halt, match=key):
            archive.read_texts(key)

    def test_a_file_that_is_gone_halts(self, archive: Archive) -> None:
        with pytest.raises(Halt, match="no readable file of texts"):
            archive.read_texts("archive/gazette/texts/0.parquet")


class TestBatches:
    @given(sizes=st.lists(st.integers(0, 50), max_size=20), max_bytes=st.integers(1, 100), max_items=st.integers(1, 5))
    def test_batches_keep_order_and_bounds(self, sizes: list[int], max_bytes: int, max_items: int) -> None:
        captures = [capture(n, b"x" * size) for n, size in enumerate(sizes)]
        batches = list(in_batches(captures, max_bytes, max_items))
        assert [c for batch in batches for c in batch] == captures
        assert all(0 < len(batch) <= max_items for batch in batches)
        assert all(sum(len(c.body) for c in batch[:-1]) < max_bytes for batch in batches)

    def test_a_capture_without_its_body_keeps_its_digest(self) -> None:
        assert (without_body(capture()).body, without_body(capture()).body_digest) == (b"", capture().body_digest)
