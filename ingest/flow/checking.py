"""In: a home. Out: everything in it that is broken, one line each: log chains, archive bodies and texts, quotes, editions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ingest import publish
from ingest.archive import Place
from ingest.errors import Halt
from ingest.flow.house import House
from ingest.ids import text_digest
from ingest.pending import StreamState
from ingest.records import Kind

_LISTS = {Kind.CASUALTY_CLAIM: "casualty_claims", Kind.OFFER: "offers", Kind.ANNOUNCEMENT: "announcements"}


def verify(house: House, *, quarantine: bool = False) -> dict[str, Any]:
    """Check everything. With `quarantine` broken archive files and editions are renamed aside; the log is never touched."""
    checked: Counter[str] = Counter()
    broken: list[str] = []
    files: set[str] = set()
    for stream in house.log.streams():
        for segment in house.log.verify(stream):
            broken.append(f"log: {segment.key}: {segment.problem}")
        checked["segments"] += len(house.log.segments(stream))
        for key, problem in _archive_problems(house, stream, checked):
            broken.append(f"archive: {problem}")
            files.add(key)
    for edition in publish.editions(house.home):
        broken += [f"edition: {problem}" for problem in publish.problems(edition)]
        checked["editions"] += 1
    aside = [_set_aside(house, key) for key in sorted(files)] if quarantine else []
    return {"broken": broken, "set_aside": [line for line in aside if line], "checked": dict(sorted(checked.items()))}


def _archive_problems(house: House, stream: str, checked: Counter[str]) -> Iterator[tuple[str, str]]:
    """(file, what is wrong with it). A stream whose log cannot be read is told by the log's own check."""
    try:
        state = house.state(stream)
    except Halt:
        return
    for capture in state.captures.values():
        checked["captures"] += 1
        place = Place(warc_file=capture.warc_file, warc_offset=capture.warc_offset, warc_bytes=capture.warc_bytes)
        try:
            house.archive.read_body(place, capture.body_digest)
        except Halt as error:
            yield capture.warc_file, f"{error}; it held {capture.url}"
    yield from _text_problems(house, stream, state, checked)


def _text_problems(house: House, stream: str, state: StreamState, checked: Counter[str]) -> Iterator[tuple[str, str]]:
    texts: dict[str, str] = {}
    for key in dict.fromkeys(article.text_file for article in state.cleaned.values()):
        try:
            table = house.archive.read_texts(key)
        except Halt as error:
            yield key, str(error)
            continue
        texts |= dict(zip(table.column("text_digest").to_pylist(), table.column("text").to_pylist(), strict=True))
    for article in state.cleaned.values():
        checked["texts"] += 1
        if article.text_digest not in texts:
            yield article.text_file, f"{article.text_file}: lacks the text of {article.canonical_url}"
    yield from _quote_problems(house, stream, texts, checked)


def _quote_problems(house: House, stream: str, texts: dict[str, str], checked: Counter[str]) -> Iterator[tuple[str, str]]:
    from ingest.events import EventType

    for event in house.log.read(stream, types=(EventType.STATEMENTS_EXTRACTED,)):
        text = texts.get(event.payload["text_digest"])
        for name in _LISTS.values():
            for statement in event.payload[name] if text is not None else ():
                checked["quotes"] += 1
                quote = (text or "")[statement["char_start"] : statement["char_end"]]
                if text_digest(quote) != statement["quote_digest"]:
                    yield "", f"log/{stream} position {event.position}: statement {statement['statement_id']} is not in its text"


def _set_aside(house: House, key: str) -> str:
    """Rename a broken archive file, so that nothing reads it again; what to do next."""
    path = house.storage.path(key) if key else None
    if path is None or not path.is_file():
        return ""
    target = path.with_name(path.name + ".broken")
    path.rename(target)
    return f"set aside: {target}; restore {key} from a backup, or gather again: pages that still stand are fetched anew"
