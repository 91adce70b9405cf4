"""In: a home. Out: everything in it that is broken, one line each: log chains, archive bodies and texts, quotes, editions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from ingest import editions as layout
from ingest import publish
from ingest.archive import ROOT as ARCHIVE
from ingest.archive import Place
from ingest.editions import Edition
from ingest.errors import Halt
from ingest.events import EventType, StoredEvent
from ingest.flow import entries
from ingest.flow.build import BUSY
from ingest.flow.house import EDITIONS, House
from ingest.flow.loading import loads
from ingest.flow.withdrawing import by_file, known_captures, removable_texts
from ingest.ids import text_digest
from ingest.records import Kind

_LISTS = {Kind.CASUALTY_CLAIM: "casualty_claims", Kind.OFFER: "offers", Kind.ANNOUNCEMENT: "announcements"}


def verify(house: House, *, quarantine: bool = False) -> dict[str, Any]:
    """Check everything, byte for byte. With `quarantine` broken archive files and editions are moved aside; the log is never touched.

    `broken`: not as it was written, or not there. `leftovers`: named by nothing in the log, so a stopped run left it or somebody put it
    there; nothing reads it. `lost`: set aside before and not restored. Raises Retry when something is to be moved while others write.
    """
    with ExitStack() as locks:
        if quarantine:
            locks.enter_context(house.holding("build", BUSY))
            for stream in house.log.known_streams():
                locks.enter_context(house.writing(stream))
        return _verify(house, quarantine)


def _verify(house: House, quarantine: bool) -> dict[str, Any]:
    checked: Counter[str] = Counter()
    broken = [f"log: {segment.key}: {segment.problem}" for segment in house.log.strays()]
    files: dict[str, list[str]] = {}
    lost: list[str] = []
    leftovers: list[str] = []
    withdrawn = _withdrawn(house)
    told: set[str] = set()  # streams of which the chain said what is wrong
    for stream in sorted({*house.log.known_streams(), *_archived_streams(house)}):
        chain = [f"log: {segment.key}: {segment.problem}" for segment in house.log.verify(stream)]
        broken += chain
        told.update([stream] if chain else [])
        checked["segments"] += len(house.log.segments(stream))
        try:
            archived = _Archived(house, stream, withdrawn, checked)
        except Halt as error:  # a log that cannot be read; why, the chain has told, unless the log is of a version to come
            broken += [] if chain else [f"log: log/{stream}: {error}"]
            told.add(stream)
            broken += [f"archive: {key}: {problem}" for key, problem in _misnamed(house, stream)]
            continue
        for key, problem in archived.problems():
            broken.append(f"archive: {problem}")
            if key:
                files.setdefault(key, archived.held(key))
        lost += archived.lost()
        leftovers += archived.leftovers()
    editions = _Editions(house)
    broken += [f"edition: {problem}" for problem in editions.problems()]
    leftovers += editions.leftovers
    broken += [f"log: {problem}" for problem in _lost_ends(house, editions.kept, told)]
    checked["editions"] = len(editions.kept)
    aside = [*_set_aside(house, files, is_judged=not told), *_set_editions_aside(house, sorted(editions.broken))] if quarantine else []
    counts = dict(sorted(checked.items()))
    return {"broken": broken, "leftovers": leftovers, "lost": lost, "set_aside": aside, "checked": counts}


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


class _Editions:
    """The editions on disk, against their manifests and against what the log tells of them."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.kept: list[Edition] = []
        self.broken: set[int] = set()
        self.leftovers: list[str] = []

    def problems(self) -> Iterator[str]:
        home, told = self.house.home, self._told()
        numbers = layout.numbers(home)
        for number in numbers:
            for problem in self._problems_of(number, told):
                self.broken.add(number)
                yield problem
        if layout.pointed(home) not in numbers and (numbers or (home / layout.CURRENT).is_symlink()):
            yield f"{home / layout.CURRENT} leads to no edition; run: claimledger editions list, then claimledger editions use N"
        for path in sorted((home / layout.FOLDER).glob("[!.]*")):
            named = layout.number_of(path.name)
            if named is not None and named not in numbers:
                self.broken.add(named)
                yield f"{path / layout.MANIFEST} is missing, so nothing reads {path}; restore it, or run: claimledger replay"
            elif named is None:
                yield f"{path} is no edition; nothing reads it: remove it"

    def _problems_of(self, number: int, told: Mapping[int, Mapping[str, Any]] | None) -> Iterator[str]:
        try:
            edition = layout.read_edition(self.house.home, number)
        except Halt as error:
            yield str(error)
            return
        self.kept.append(edition)
        yield from publish.problems(edition)
        if told is not None and number not in told:
            self.leftovers.append(f"the log does not tell of {edition.path}: a run was stopped before it could, then the next build does")
        elif told is not None and entries.edition_published(edition).payload != told[number]:
            remedy = "run again the withdrawal that was stopped, if there was one; else run: claimledger replay"
            yield f"{edition.path / layout.MANIFEST} is not the one that the log tells of; {remedy}"

    def _told(self) -> dict[int, dict[str, Any]] | None:
        """Number -> what the log says of the edition, withdrawals included; None when the log cannot be read, which its own check tells."""
        found: dict[int, dict[str, Any]] = {}
        try:
            for event in self.house.log.read(EDITIONS, types=(EventType.EDITION_PUBLISHED, EventType.EDITION_REDACTED)):
                number = event.payload["number"]
                if event.type is EventType.EDITION_PUBLISHED:
                    found[number] = event.payload
                elif number in found:
                    found[number] = {**found[number], "tables": event.payload["tables"], "files": event.payload["files"]}
        except Halt:
            return None
        return found


def _lost_ends(house: House, kept: Sequence[Edition], told_before: Collection[str]) -> Iterator[str]:
    """Also without its witness a stream once went as far as loads and editions say."""
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
        if heads.get(stream, 0) < last and stream not in told_before:
            yield f"log/{stream} ends at position {heads.get(stream, 0)} and once went to {last}: its last segments are gone; restore them"


def _archived_streams(house: House) -> set[str]:
    return {key.split("/")[1] for key in house.storage.keys(ARCHIVE)}


def _misnamed(house: House, stream: str) -> Iterator[tuple[str, str]]:
    """What can be told of the archive without the log: files that do not hold what their names say."""
    for key in house.storage.keys(f"{ARCHIVE}/{stream}"):
        problem = house.archive.problem(key)
        if problem:
            yield key, problem


class _Archived:
    """What the log of one stream names in the archive, and what is there. Raises Halt when the log cannot be read."""

    def __init__(self, house: House, stream: str, withdrawn: Withdrawn, checked: Counter[str]) -> None:
        self.house, self.stream, self.withdrawn, self.checked = house, stream, withdrawn, checked
        self.aside = house.lost(stream)
        self.taken: list[StoredEvent] = []
        self.cleaned: list[StoredEvent] = []
        self.extracted: list[StoredEvent] = []
        for event in house.log.read(stream):
            if event.type is EventType.CAPTURE_TAKEN and event.payload["warc_file"] is not None:
                self.taken.append(event)
            elif event.type is EventType.ARTICLE_CLEANED:
                self.cleaned.append(event)
            elif event.type is EventType.STATEMENTS_EXTRACTED:
                self.extracted.append(event)
        self.named = dict.fromkeys([*(e.payload["warc_file"] for e in self.taken), *(e.payload["text_file"] for e in self.cleaned)])

    def held(self, key: str) -> list[str]:
        """The addresses of what a file held."""
        held = [e.payload["url"] for e in self.taken if e.payload["warc_file"] == key]
        return list(dict.fromkeys(held + [e.payload["canonical_url"] for e in self.cleaned if e.payload["text_file"] == key]))

    def lost(self) -> Iterator[str]:
        for key in sorted(self.aside):
            yield f"{key} was set aside; {_again(key, self.held(key))}"

    def leftovers(self) -> Iterator[str]:
        for key in self._unnamed():
            if self.house.archive.problem(key) is None:
                yield f"{key} is named by no event: a stopped run left it, or somebody put it there; a withdrawal removes it"

    def problems(self) -> Iterator[tuple[str, str]]:
        """(file to be set aside, "" for none; what is wrong with it)."""
        broken = set(self.aside)
        for key in (*self.named, *self._unnamed()):
            self.checked["archive_files"] += 1
            problem = None if key in self.aside else self.house.archive.problem(key)
            if problem:
                broken.add(key)
                yield key, f"{key}: {problem}; it held {_listed(self.held(key))}"
        yield from self._body_problems(broken)
        yield from self._text_problems(broken)

    def _unnamed(self) -> list[str]:
        return [key for key in self.house.storage.keys(f"{ARCHIVE}/{self.stream}") if key not in self.named]

    def _body_problems(self, broken: Collection[str]) -> Iterator[tuple[str, str]]:
        for event in self.taken:
            told = event.payload
            place = Place(**{name: told[name] for name in Place.__slots__})
            if event.event_id in self.withdrawn.captures:
                self.checked["withdrawn"] += 1
                if not self.house.archive.is_removed(place):
                    page = self.withdrawn.captures[event.event_id]
                    where = f"{place.warc_file} at {place.warc_offset}"
                    yield "", f"{where}: a withdrawn body is still there; run again: claimledger withdraw {page}"
            elif place.warc_file not in broken:
                self.checked["captures"] += 1
                try:
                    self.house.archive.read_body(place, told["body_digest"])
                except Halt as error:
                    yield told["warc_file"], f"{error}; it held {told['url']}"

    def _text_problems(self, broken: Collection[str]) -> Iterator[tuple[str, str]]:
        texts: dict[str, str] = {}
        found: dict[str, set[str]] = {}
        for key in dict.fromkeys(event.payload["text_file"] for event in self.cleaned):
            if key in broken:
                continue
            try:
                table = self.house.archive.read_texts(key)
            except Halt as error:
                yield key, str(error)
                continue
            held = dict(zip(table.column("text_digest").to_pylist(), table.column("text").to_pylist(), strict=True))
            for name in sorted(held.keys() & self.withdrawn.texts.get(key, set())):
                yield "", f"{key}: the text {name[:12]}… of a withdrawn page is still there; run claimledger withdraw for it again"
            found[key] = set(held)
            texts |= held
        for event in self.cleaned:
            key, name = event.payload["text_file"], event.payload["text_digest"]
            self.checked["texts"] += 1
            if key in found and name not in found[key] and name not in self.withdrawn.texts.get(key, set()):
                yield key, f"{key}: lacks the text of {event.payload['canonical_url']}"
        yield from self._quote_problems(texts)

    def _quote_problems(self, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for event in self.extracted:
            text = texts.get(event.payload["text_digest"])
            for name in _LISTS.values():
                for statement in event.payload[name] if text is not None else ():
                    self.checked["quotes"] += 1
                    quote = (text or "")[statement["char_start"] : statement["char_end"]]
                    if text_digest(quote) != statement["quote_digest"]:
                        yield "", f"log/{self.stream} position {event.position}: statement {statement['statement_id']} is not in its text"


def _listed(addresses: Sequence[str]) -> str:
    shown = ", ".join(addresses[:5]) or "nothing that the log names"
    return f"{shown} and {len(addresses) - 5} more" if len(addresses) > 5 else shown


def _again(key: str, held: Sequence[str]) -> str:
    """What becomes of what a lost file held."""
    made = "cleaned again" if key.endswith(".parquet") else "fetched again, as far as they still stand,"
    return f"restore it from a backup, or run: claimledger gather: what it held is {made}: {_listed(held)}" if held else "nothing names it"


def _set_aside(house: House, files: Mapping[str, Sequence[str]], *, is_judged: bool) -> Iterator[str]:
    """Move broken archive files out of the archive, so that nothing reads them again; what to do next.

    What the archive must hold, and what a withdrawal took out, the log says: while that is broken nothing is moved.
    """
    if files and not is_judged:
        yield "no archive file is set aside while the log is broken, for the log says what they must hold; restore the log first"
        return
    for key, held in sorted(files.items()):
        target = f"{publish.ASIDE}/{key}"
        house.storage.delete(target)  # of an earlier time
        is_there = house.archive.has(key)
        house.storage.create(target, house.storage.read(key) if is_there else b"")  # empty: gone before it could be set aside
        house.storage.delete(key)
        yield f"{f'set aside: {house.storage.path(target)}' if is_there else f'gone: {key}'}; {_again(key, held)}"


def _set_editions_aside(house: House, numbers: Iterable[int]) -> Iterator[str]:
    for number in numbers:
        target, current = publish.set_aside(house.home, number)
        then = "there is no current edition" if current is None else f"the current edition is {current}"
        yield f"set aside: {target}; {then}; run: claimledger replay"
