"""In: a home. Out: everything in it that is broken, one line each: log chains, archive bodies and texts, quotes, editions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest import editions as layout
from ingest import publish
from ingest.archive import ROOT as ARCHIVE
from ingest.archive import Place
from ingest.editions import Edition
from ingest.errors import Halt
from ingest.events import EventType
from ingest.flow.house import House
from ingest.flow.loading import loads
from ingest.flow.withdrawing import by_file, known_captures, removable_texts
from ingest.ids import text_digest
from ingest.pending import StreamState
from ingest.records import Kind

_LISTS = {Kind.CASUALTY_CLAIM: "casualty_claims", Kind.OFFER: "offers", Kind.ANNOUNCEMENT: "announcements"}


def verify(house: House, *, quarantine: bool = False) -> dict[str, Any]:
    """Check everything. With `quarantine` broken archive files and editions are renamed aside; the log is never touched."""
    checked: Counter[str] = Counter()
    broken: list[str] = []
    files: set[str] = set()
    withdrawn = _withdrawn(house)
    for stream in house.log.streams():
        for segment in house.log.verify(stream):
            broken.append(f"log: {segment.key}: {segment.problem}")
        checked["segments"] += len(house.log.segments(stream))
        for key, problem in _archive_problems(house, stream, withdrawn, checked):
            broken.append(f"archive: {problem}")
            files.update({key} - {""})
    kept: list[Edition] = []
    broken += [f"edition: {problem}" for problem in _edition_problems(house, kept)]
    broken += [f"log: {problem}" for problem in _lost_ends(house, kept)]
    checked["editions"] = len(kept)
    aside = [_set_aside(house, key) for key in sorted(files)] if quarantine else []
    return {"broken": broken, "set_aside": [line for line in aside if line], "checked": dict(sorted(checked.items()))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What must be gone: captures, with the page of each, and the digests of texts by file."""

    captures: Mapping[str, str]
    texts: Mapping[str, set[str]]


def _withdrawn(house: House) -> Withdrawn:
    """A log that cannot be read is told by its own check."""
    try:
        withdrawals = house.withdrawals()
        texts = by_file(removable_texts(known_captures(house), withdrawals)) if withdrawals else {}
    except Halt:
        return Withdrawn(captures={}, texts={})
    return Withdrawn(captures={capture: one.canonical_url for one in withdrawals for capture in one.captures}, texts=texts)


def _edition_problems(house: House, kept: list[Edition]) -> Iterator[str]:
    """What is wrong with the editions; those that have a readable manifest are put into `kept`."""
    for number in layout.numbers(house.home):
        try:
            edition = layout.read_edition(house.home, number)
        except Halt as error:
            yield str(error)
            continue
        kept.append(edition)
        yield from publish.problems(edition)


def _lost_ends(house: House, kept: Sequence[Edition]) -> Iterator[str]:
    """A chain cannot tell that its last segments are gone; loads and editions say how far each stream once went."""
    reached: dict[str, int] = {}
    try:
        told = [{stream: last for stream, (_, last) in load.ranges.items()} for load in loads(house)]
        heads = {stream: house.log.head(stream).position for stream in house.log.streams()}
    except Halt:
        return  # told by the chain's own check
    told += [dict(edition.facts.log_positions) for edition in kept]
    for positions in told:
        reached |= {stream: max(last, reached.get(stream, 0)) for stream, last in positions.items()}
    for stream, last in sorted(reached.items()):
        if heads.get(stream, 0) < last:
            yield f"log/{stream} ends at position {heads.get(stream, 0)} and once went to {last}: its last segments are gone; restore them"


def _archive_problems(house: House, stream: str, withdrawn: Withdrawn, checked: Counter[str]) -> Iterator[tuple[str, str]]:
    """(file, what is wrong with it). A stream whose log cannot be read is told by the log's own check."""
    try:
        state = house.state(stream)
    except Halt:
        return
    for event in house.log.read(stream, types=(EventType.CAPTURE_TAKEN,)):
        told = event.payload
        if told["warc_file"] is None:
            continue
        place = Place(**{name: told[name] for name in Place.__slots__})
        if event.event_id in withdrawn.captures:
            checked["withdrawn"] += 1
            if not house.archive.is_removed(place):
                page = withdrawn.captures[event.event_id]
                yield (
                    "",
                    f"{place.warc_file} at {place.warc_offset}: a withdrawn body is still there; run again: claimledger withdraw {page}",
                )
            continue
        checked["captures"] += 1
        try:
            house.archive.read_body(place, told["body_digest"])
        except Halt as error:
            yield told["warc_file"], f"{error}; it held {told['url']}"
    yield from _text_problems(house, stream, state, withdrawn, checked)


def _text_problems(house: House, stream: str, state: StreamState, withdrawn: Withdrawn, checked: Counter[str]) -> Iterator[tuple[str, str]]:
    texts: dict[str, str] = {}
    emptied = (key for key in withdrawn.texts if key.startswith(f"{ARCHIVE}/{stream}/"))
    for key in dict.fromkeys((*(article.text_file for article in state.cleaned.values()), *emptied)):
        try:
            table = house.archive.read_texts(key)
        except Halt as error:
            yield key, str(error)
            continue
        found = dict(zip(table.column("text_digest").to_pylist(), table.column("text").to_pylist(), strict=True))
        for name in sorted(found.keys() & withdrawn.texts.get(key, set())):
            yield "", f"{key}: the text {name[:12]}… of a withdrawn page is still there; run claimledger withdraw for it again"
        texts |= found
    for article in state.cleaned.values():
        checked["texts"] += 1
        if article.text_digest not in texts:
            yield article.text_file, f"{article.text_file}: lacks the text of {article.canonical_url}"
    yield from _quote_problems(house, stream, texts, checked)


def _quote_problems(house: House, stream: str, texts: dict[str, str], checked: Counter[str]) -> Iterator[tuple[str, str]]:
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
