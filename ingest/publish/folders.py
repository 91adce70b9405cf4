"""In: a built database, its verdict, a home. Out: a complete folder under `editions/`, then the link `current` on it.

Everything is written to a dot-folder, flushed, and renamed; the link moves last, by one rename. A crash at any point leaves what was
there before and at most a dot-folder, which the next publication clears. One publication at a time: `flow` holds the home's lock.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ingest import editions as layout
from ingest.editions import DATABASE, FAILED, MANIFEST, PACKAGE, VALIDATION, Content, Edition, Facts
from ingest.errors import Halt, Retry
from ingest.publish import tables
from ingest.seal import ROOM, is_sealed, sealed
from ingest.verdict import CheckResult, Outcome, Verdict

ASIDE = "quarantine"  # what was found broken, under the name it had

_SEAL = b'"own_sha256": "'  # of the manifest, which names the digests of all other files
_FOR_PEOPLE = ("duckdb_version", "storage_version", "warnings")  # keys of the manifest that nothing here reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Every table is as the current edition has it: nothing was published."""

    edition: Edition


def publish(
    home: Path, build_path: Path, *, facts: Facts, verdict: Verdict, validation: Mapping[str, str], package: str
) -> Edition | Unchanged:
    """Write edition `facts.number` from the tables of schema main in `build_path` and make it the current one.

    `validation` maps file names to the texts of the report, `package` is the text of `datapackage.json`. Raises Halt for a failed verdict
    (the report then lies under `failed-validation/`, `current` is not touched), Retry when the database is held by another process or the
    disk is full.
    """
    with _disk():
        (home / layout.FOLDER).mkdir(parents=True, exist_ok=True)
        clear_leftovers(home)
        if verdict.outcome is Outcome.FAIL:
            _keep_failed(home, validation)
            raise Halt(_refusal(verdict, home))
        with tables.opened(build=build_path) as connection:
            found = tables.contents(connection, "build")
            current = layout.current_edition(home)
            published: Edition | Unchanged
            if current is not None and dict(current.tables) == found:
                published = Unchanged(edition=current)
            else:
                published = _write(connection, home, facts, verdict, found, validation, package)
        shutil.rmtree(home / FAILED, ignore_errors=True)
        return published


def use(home: Path, number: int) -> Edition:
    """Make edition `number` the current one. Raises Misuse when there is none of that number."""
    edition = layout.read_edition(home, number)
    with _disk():
        _point(home, number)
    return edition


def editions(home: Path) -> tuple[Edition, ...]:
    """All editions on disk, oldest first."""
    return tuple(layout.read_edition(home, number) for number in layout.numbers(home))


def prune(home: Path, kept: int) -> tuple[int, ...]:
    """Remove the oldest editions until `kept` are left; the current one always stays. Gives the numbers removed."""
    present = layout.numbers(home)
    surplus = [n for n in present if n != layout.current_number(home)][: max(0, len(present) - max(1, kept))]
    for number in surplus:
        # The manifest goes first: a folder without one is no edition, so a crash here leaves nothing that looks whole.
        folder = layout.edition_folder(home, number)
        doomed = folder.with_name(f".{number}.tmp")
        shutil.rmtree(doomed, ignore_errors=True)
        folder.rename(doomed)
        shutil.rmtree(doomed)
    return tuple(surplus)


def problems(edition: Edition) -> Iterator[str]:
    """What is broken in an edition, one line each: a file that is missing, changed or not its own, a table whose rows are not those of its
    manifest."""
    manifest = (edition.path / MANIFEST).read_bytes()
    if json.loads(manifest)["format"] > 1 and not is_sealed(manifest, _SEAL):
        yield f"{edition.path / MANIFEST} is not as it was published; run: claimledger replay"
    for name in sorted({*_names(edition.path)} - {MANIFEST, *edition.files}):
        yield f"{edition.path / name} is no file of this edition; remove it"
    for name, expected in edition.files.items():
        path = edition.path / name
        if not path.is_file():
            yield f"{path} is missing; run: claimledger replay"
        elif _file_digest(path) != expected:
            yield f"{path} is not the file that was published: its SHA-256 differs from the manifest's; run: claimledger replay"
    if edition.database.is_file():
        yield from _table_problems(edition)


def set_aside(home: Path, number: int) -> tuple[Path, int | None]:
    """Move a broken edition out of the way of readers, whole; where it lies now, and which edition is the current one afterwards.

    `current` goes back to the newest edition that is left and not broken, or away when there is none.
    """
    target = home / ASIDE / layout.FOLDER / str(number)
    target.parent.mkdir(parents=True, exist_ok=True)
    if layout.pointed(home) == number:
        whole = next((n for n in reversed(layout.numbers(home)) if n != number and _is_whole(home, n)), None)
        if whole is None:
            (home / layout.CURRENT).unlink()
        else:
            _point(home, whole)
    os.replace(layout.edition_folder(home, number), target)
    _sync(target.parent)
    return target, layout.pointed(home)


def _is_whole(home: Path, number: int) -> bool:
    try:
        return not any(problems(layout.read_edition(home, number)))
    except Halt:
        return False


def articles_of(edition: Edition, canonical_url: str) -> tuple[str, ...]:
    """The ids of a page's revisions in an edition."""
    with tables.opened(edition=edition.database) as connection:
        sql = "SELECT article_id FROM edition.main.articles WHERE canonical_url = ? ORDER BY revision"
        return tuple(row[0] for row in connection.execute(sql, [canonical_url]).fetchall())


def redact(home: Path, number: int, article_ids: Sequence[str], validation: Mapping[str, str]) -> Edition:
    """Write a kept edition anew without the texts and quotes of `article_ids`, `validation` in place of its report.

    Each file is replaced whole, the manifest last; a crash between them leaves files that the manifest does not name, until this is done
    again. Readers that have the old file open keep it.
    """
    before = layout.read_edition(home, number)
    scratch = before.path.with_name(f".{number}.redacted.tmp")
    with _disk():
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        with tables.opened(edition=before.database) as connection:
            shapes = tables.write_redacted(connection, "edition", scratch / DATABASE, article_ids)
            found = tables.contents(connection, "published")
            for shape in shapes:
                tables.write_parquet(connection, shape, scratch / f"{shape.name}.parquet")
            connection.execute("DETACH published")
        _write_texts(scratch / VALIDATION, validation)
        files = {**before.files, **{name: _file_digest(scratch / name) for name in _names(scratch)}}
        edition = replace(before, tables=found, files=files)
        manifest = json.loads((before.path / MANIFEST).read_text(encoding="utf-8"))
        _write_manifest(scratch, layout.to_manifest(edition, {key: manifest[key] for key in _FOR_PEOPLE if key in manifest}))
        _flush(scratch)
        for name in (*sorted(set(_names(scratch)) - {MANIFEST}), MANIFEST):
            os.replace(scratch / name, before.path / name)
        _flush(before.path)
        shutil.rmtree(scratch)
    return edition


def _names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]


def _write_manifest(folder: Path, manifest: Mapping[str, object]) -> None:
    text = json.dumps({**manifest, "own_sha256": ROOM}, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_bytes(sealed(text.encode(), _SEAL))


def _table_problems(edition: Edition) -> Iterator[str]:
    try:
        with tables.opened(edition=edition.database) as connection:
            found = tables.contents(connection, "edition")
    except (Halt, duckdb.Error) as error:
        yield f"{edition.database} cannot be read ({error})"
        return
    for name in sorted({*found, *edition.tables}):
        if found.get(name) != edition.tables.get(name):
            yield f"{edition.database}: table {name} does not hold the rows that its manifest names; run: claimledger replay"


def _write(
    connection: duckdb.DuckDBPyConnection,
    home: Path,
    facts: Facts,
    verdict: Verdict,
    found: Mapping[str, Content],
    validation: Mapping[str, str],
    package: str,
) -> Edition:
    final = layout.edition_folder(home, facts.number)
    scratch = final.with_name(f".{facts.number}.tmp")
    scratch.mkdir()
    shapes = tables.write_database(connection, "build", scratch / DATABASE, facts, verdict.outcome)
    for shape in shapes:
        tables.write_parquet(connection, shape, scratch / f"{shape.name}.parquet")
    connection.execute("DETACH published")
    _write_texts(scratch / VALIDATION, validation)
    (scratch / PACKAGE).write_text(package, encoding="utf-8")
    files = {name: _file_digest(scratch / name) for name in _names(scratch)}
    edition = Edition(path=final, facts=facts, verdict=verdict.outcome, tables=found, files=files)
    more = {
        "duckdb_version": duckdb.__version__,
        "storage_version": tables.STORAGE_VERSION,
        "warnings": [f"{c.table}.{c.name}" for c in verdict.warned],
    }
    _write_manifest(scratch, layout.to_manifest(edition, more))
    _flush(scratch)
    _reveal(home, scratch, facts.number)
    return edition


def _reveal(home: Path, scratch: Path, number: int) -> None:
    """The folder under its number, then the link on it."""
    final = layout.edition_folder(home, number)
    if final.exists():
        if layout.current_number(home) == number:
            raise Halt(f"edition {number} exists and is the current one; the next number is {layout.next_number(home)}")
        # A crash between the two renames below: the folder was never current, and the log never named it.
        final.rename(final.with_name(f".{number}.old.tmp"))
    scratch.rename(final)
    _sync(final.parent)
    _point(home, number)
    clear_leftovers(home)


def _point(home: Path, number: int) -> None:
    """Move `current` in one step: readers see the old edition or the new one."""
    link = home / f".{layout.CURRENT}.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(layout.FOLDER) / str(number), target_is_directory=True)
    os.replace(link, home / layout.CURRENT)
    _sync(home)


def clear_leftovers(home: Path) -> int:
    """Remove what runs that were stopped left of editions; how many there were. Nobody may be publishing."""
    left = list((home / layout.FOLDER).glob(".*.tmp"))
    for path in left:
        shutil.rmtree(path)
    return len(left)


def clear_broken(home: Path) -> int:
    """Remove the editions that nothing reads: those that were set aside, those without a manifest; how many there were."""
    known = layout.numbers(home)
    named = ((path, layout.number_of(path.name)) for path in (home / layout.FOLDER).glob("[!.]*"))
    unread = [path for path, number in named if number is not None and number not in known]
    broken = [*(home / ASIDE / layout.FOLDER).glob("*"), *unread]
    for path in broken:
        shutil.rmtree(path)
    return len(broken)


def _keep_failed(home: Path, validation: Mapping[str, str]) -> None:
    shutil.rmtree(home / FAILED, ignore_errors=True)
    _write_texts(home / FAILED, validation)


def _write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _refusal(verdict: Verdict, home: Path) -> str:
    told = "; ".join(_told(check) for check in verdict.failed) or "no expectation was checked"
    kept = layout.current_number(home)
    stays = "there is no edition yet" if kept is None else f"edition {kept} stays"
    report = home / FAILED / "index.html"
    return f"nothing was published, {stays}: {told}. Read {report}, mend the source or the expectation, then run: claimledger build"


def _told(check: CheckResult) -> str:
    what = f"the check itself broke: {check.error}" if check.error else check.observed
    rows = f" (rows: {', '.join(check.samples[:3])})" if check.samples else ""
    return f"{check.table}.{check.name}: {what}{rows}"


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Retry(f"the disk is full ({error}); free some space and run: claimledger build; the current edition stays") from error
        raise Retry(
            f"the edition cannot be written ({error}); see to the disk and run: claimledger build; the current edition stays"
        ) from error
