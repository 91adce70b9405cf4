"""In: an address whose text must go. Out: the record of its withdrawal, and nothing of its text in archive, build database and editions.

First the event, which holds all that a replay can no longer compute; then each step looks for what is left and removes it. So a run that
was stopped anywhere is finished by running it again, and a run that finds nothing left says so.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import orjson

from ingest import publish as publishing
from ingest import report
from ingest.archive import ROOT as ARCHIVE
from ingest.archive import Place
from ingest.editions import Edition, current_edition
from ingest.errors import Halt, Misuse
from ingest.events import EventType, StoredEvent
from ingest.flow import entries, leftovers
from ingest.flow.build import BUSY, STATEMENTS
from ingest.flow.correcting import check_words
from ingest.flow.house import CORRECTIONS, EDITIONS, House, now
from ingest.flow.loading import loads
from ingest.ledger import Withdrawal
from ingest.load import open_build
from ingest.load.quotes import remembers
from ingest.project import wording_digest
from ingest.records import Role
from ingest.sources import read_sources
from ingest.verdict import UnbelievableRow, Verdict, from_json, without

TextKey = tuple[str, str]  # file and digest of a text


@dataclass(slots=True)
class Traces:
    """What the log says of one capture."""

    stream: str
    urls: set[str]
    place: Place
    canonical_url: str | None = None  # as its first cleaning told it: what the ledger calls the page
    texts: set[TextKey] = field(default_factory=set)


def withdraw(house: House, url: str, *, reason: str, author: str, run_id: str) -> dict[str, Any]:
    """Take a page down: every revision, in every source, and all that stopped runs left, which may hold it.

    Raises Misuse for an address that was never archived, Halt for a log that is not whole, Retry while a build is at work or a stream is
    being written.
    """
    check_words(reason=reason, by=author)
    with house.holding("build", BUSY), ExitStack() as held:
        streams = _streams(house)
        for stream in streams:
            held.enter_context(house.writing(stream))
        _check_log(house)
        left = leftovers.clear(house, streams)
        traces = known_captures(house)
        name, captures = _page(traces, url)
        one, is_new = _recorded(house, url, name, {c: traces[c] for c in captures}, reason.strip(), author.strip(), run_id)
        texts = removable_texts(traces, house.withdrawals())
        own = {key for c in captures for key in traces[c].texts}
        counts = {
            "editions": _redact_editions(house, one, run_id),
            "build_removed": _forget_build(house, captures, _unshared(traces, captures)),
            "bodies": house.archive.remove_bodies(traces[c].place for c in captures),
            "work": _forget_work(house),
            "leftovers": left,
            "texts": sum(house.archive.remove_texts(key, names) for key, names in by_file(own & texts).items()),
        }
        for key in {*(key for key, _ in own), *(traces[c].place.warc_file for c in captures)}:
            house.storage.delete(f"{publishing.ASIDE}/{key}")  # broken as it is, a reader could still find the page in it
    is_done_before = not is_new and not any(counts.values())
    told = {
        "withdrawal_id": one.event_id,
        "canonical_url": name,
        "recorded_at": one.recorded_at,
        "reason": one.reason,
        "author": one.author,
    }
    return {**told, "captures": len(captures), **counts, "is_done_before": is_done_before}


def _streams(house: House) -> list[str]:
    """Every stream that could be written: those of the log and of the archive, and of sources that have begun with neither."""
    archived = {key.split("/")[1] for key in house.storage.keys(ARCHIVE)}
    slugs = {source.slug for source in read_sources(house.settings.sources)[0]}
    return sorted({CORRECTIONS, *house.log.known_streams(), *archived, *slugs} - {EDITIONS})


def _check_log(house: House) -> None:
    """What a page left where, the log alone says; with a part of it missing something would stay, or too much would go."""
    for stream in house.log.known_streams():
        for segment in house.log.verify(stream):
            raise Halt(f"{segment.key}: {segment.problem}; a withdrawal needs the whole log: see claimledger verify, then run this again")


def known_captures(house: House) -> dict[str, Traces]:
    """Every archived capture of an article, by its id."""
    found: dict[str, Traces] = {}
    for stream in house.log.streams():
        if stream in (CORRECTIONS, EDITIONS):
            continue
        for event in house.log.read(stream, types=(EventType.CAPTURE_TAKEN, EventType.ARTICLE_CLEANED)):
            if event.type is EventType.CAPTURE_TAKEN:
                _take(found, stream, event)
            elif event.payload["capture_id"] in found:
                _add(found[event.payload["capture_id"]], event)
    return found


def _take(found: dict[str, Traces], stream: str, event: StoredEvent) -> None:
    told = event.payload
    if told["role"] == Role.ARTICLE and told["warc_file"] is not None:
        place = Place(**{name: told[name] for name in Place.__slots__})
        found[event.event_id] = Traces(stream=stream, urls={told["url"], told["final_url"]}, place=place)


def _add(traces: Traces, event: StoredEvent) -> None:
    told = event.payload
    traces.canonical_url = traces.canonical_url or told["canonical_url"]
    traces.urls |= {told["url"], told["canonical_url"]}
    traces.texts.add((told["text_file"], told["text_digest"]))


def removable_texts(traces: Mapping[str, Traces], withdrawals: Iterable[Withdrawal]) -> set[TextKey]:
    """The texts of withdrawn captures but for those that a page which stands has word for word in the same file."""
    withdrawn = {capture for one in withdrawals for capture in one.captures}
    kept = {key for capture, told in traces.items() if capture not in withdrawn for key in told.texts}
    return {key for capture in withdrawn & traces.keys() for key in traces[capture].texts} - kept


def _unshared(traces: Mapping[str, Traces], captures: Sequence[str]) -> list[str]:
    """The digests of the texts that no other capture has: the build database keeps texts by digest alone."""
    shared = {text for c, told in traces.items() if c not in captures for _, text in told.texts}
    return sorted({text for c in captures for _, text in traces[c].texts} - shared)


def _page(traces: Mapping[str, Traces], url: str) -> tuple[str, list[str]]:
    """The page that an address belongs to, and its captures, those that never became an article included."""
    meant = {told.canonical_url or url for told in traces.values() if url in told.urls}
    if any(told.canonical_url == url for told in traces.values()):
        meant = {url}
    if not meant:
        raise Misuse(f"nothing was archived from {url!r:.300}; give the address as it stands in articles.url or articles.canonical_url")
    if len(meant) > 1:
        raise Misuse(f"{url} belongs to several pages; withdraw each by its own address: {', '.join(sorted(meant))}")
    (name,) = meant
    addresses = {name, url}.union(*(told.urls for told in traces.values() if told.canonical_url == name))
    captures = [c for c, told in traces.items() if told.canonical_url == name or (told.canonical_url is None and told.urls & addresses)]
    return name, sorted(captures)


def _recorded(
    house: House, url: str, name: str, captures: Mapping[str, Traces], reason: str, author: str, run_id: str
) -> tuple[Withdrawal, bool]:
    """The event that covers these captures, and whether it had to be written."""
    before = [one for one in house.withdrawals() if one.canonical_url == name]
    if before and set(captures) <= {capture for one in before for capture in one.captures}:
        return before[-1], False
    urls = sorted({url, name}.union(*(told.urls for told in captures.values())))
    wordings, refused = _wordings(house, captures), _refused(house, name)
    event = entries.article_withdrawn(url, name, urls, list(captures), wordings, refused, reason, author, now())
    house.log.append(CORRECTIONS, [event], recorded_at=now(), run_id=run_id)
    return next(one for one in house.withdrawals() if one.event_id == event.event_id), True


def _refused(house: House, name: str) -> list[UnbelievableRow]:
    """The rows of the page that the last verdict refused: some checks read the quote and would believe them once it is gone."""
    edition = current_edition(house.home)
    verdict = _verdict(edition) if edition else None
    if edition is None or verdict is None:
        return []
    ids = publishing.articles_of(edition, name)
    return [row for row in verdict.unbelievable if row.article_id in ids]


def _verdict(edition: Edition) -> Verdict | None:
    """What an edition was published on; None for one without a report. Raises Halt for a damaged file."""
    path = edition.path / publishing.VALIDATION / "verdict.json"
    try:
        return from_json(orjson.loads(path.read_bytes())) if path.is_file() else None
    except (KeyError, TypeError, ValueError) as error:
        raise Halt(f"{path} is damaged ({error!r:.200}); run: claimledger verify") from error


def _wordings(house: House, captures: Mapping[str, Traces]) -> dict[str, str]:
    """Quote digest -> digest of its folded words, for everything that was ever read from the captures and can still be quoted."""
    texts = dict(_texts(house, {key for told in captures.values() for key, _ in told.texts}))
    found: dict[str, str] = {}
    for stream in sorted({told.stream for told in captures.values()}):
        for event in house.log.read(stream, types=(EventType.STATEMENTS_EXTRACTED,)):
            text = texts.get(event.payload["text_digest"])
            if text is not None and event.payload["capture_id"] in captures:
                for said in (said for table in STATEMENTS for said in event.payload[table]):
                    found[said["quote_digest"]] = wording_digest(text[said["char_start"] : said["char_end"]])
    return dict(sorted(found.items()))


def _texts(house: House, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    for key in sorted(files):
        if key in house.lost(key.split("/")[1]):
            continue
        table = house.archive.read_texts(key)
        yield from zip(table.column("text_digest").to_pylist(), table.column("text").to_pylist(), strict=True)


def by_file(texts: Iterable[TextKey]) -> dict[str, set[str]]:
    """File -> digests of texts in it."""
    found: dict[str, set[str]] = {}
    for key, name in sorted(texts):
        found.setdefault(key, set()).add(name)
    return found


def _forget_build(house: House, captures: Sequence[str], texts: Sequence[str]) -> bool:
    """Delete the build database when it may hold anything of the page: a row set to NULL would stay readable in the free blocks of its
    file, and so does what a load had brought that was killed in it.

    The next build makes it anew from the log. What was judged of it quotes rows as well, and so may what dbt noted.
    """
    if house.build_path.is_file():
        with open_build(house.build_path) as database:
            told = max((one.position for one in loads(house)), default=0)
            if database.applied_loads() == told and not remembers(database, captures, texts):
                return False
    notes = [path for path in map(house.home.joinpath, ("verdict.json", publishing.FAILED, "dbt")) if path.exists()]
    is_there = bool(notes) or any(house.home.glob("build.duckdb*"))
    house.drop_build()
    for path in notes:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return is_there


def _forget_work(house: House) -> bool:
    """Delete the batches of every run: one that was killed leaves texts behind. What waited in them is found again in the log."""
    folder = house.home / "work"
    is_there = any(path.is_file() for path in folder.rglob("*"))
    shutil.rmtree(folder, ignore_errors=True)
    return is_there


def _redact_editions(house: House, one: Withdrawal, run_id: str) -> list[int]:
    """The kept editions that showed the page, each written anew; what they hold now is told in the log, edition by edition."""
    told = {
        event.payload["number"]
        for event in house.log.read(EDITIONS, types=(EventType.EDITION_REDACTED,))
        if event.payload["withdrawal_id"] == one.event_id
    }
    redacted = []
    for edition in publishing.editions(house.home):
        is_later = edition.facts.log_positions.get(CORRECTIONS, 0) >= one.position
        article_ids = () if is_later or edition.number in told else publishing.articles_of(edition, one.canonical_url)
        if article_ids:
            after = publishing.redact(house.home, edition.number, article_ids, _report(edition, article_ids))
            with house.writing(EDITIONS):
                house.log.append(EDITIONS, [entries.edition_redacted(after, one.event_id, now())], recorded_at=now(), run_id=run_id)
            redacted.append(edition.number)
    return redacted


def _report(edition: Edition, article_ids: Sequence[str]) -> Mapping[str, str]:
    """The edition's report without the rows of the page."""
    verdict = _verdict(edition)
    return report.render(without(verdict, article_ids), edition.number) if verdict else {}
