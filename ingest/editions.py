"""In: a home. Out: where its editions lie and what each says of itself (`manifest.json`); written by `publish`, read by `read`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.errors import Halt, Misuse

DATABASE = "claimledger.duckdb"
MANIFEST = "manifest.json"
PACKAGE = "datapackage.json"
FORMAT = 2  # of the manifest; since 2 it carries its own digest
FOLDER = "editions"
CURRENT = "current"
VALIDATION = "validation"  # in an edition: the report of its checks
FAILED = "failed-validation"  # beside the editions: the report of the last verdict that stopped a publication

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")

# What tells two rows of a table apart; rows of an edition lie in this order. A table not named here is ordered by all its columns and
# compared as a bag of rows.
KEYS: Mapping[str, tuple[str, ...]] = {
    "articles": ("article_id",),
    "casualty_claims": ("claim_id", "article_id"),
    "offers": ("offer_id", "article_id"),
    "announcements": ("announcement_id", "article_id"),
    "article_history": ("article_id", "valid_from_at"),
    "casualty_claim_history": ("claim_id", "article_id", "valid_from_at"),
    "offer_history": ("offer_id", "article_id", "valid_from_at"),
    "announcement_history": ("announcement_id", "article_id", "valid_from_at"),
    "statement_history": ("statement_id", "valid_from_at"),
    "timeline": ("entry_id",),
    "claim_series": ("claimant_party", "party", "population", "measure", "category", "subject", "period", "as_of"),
    "disputes": ("dispute_id",),
    "article_revisions": ("article_id",),
    "source_days": ("source", "day_on"),
    "sources": ("slug",),
    "parties": ("code",),
    "corrections": ("correction_id",),
    "edition": ("number",),
}

# The one table that publication writes itself: column -> type and comment.
EDITION_TABLE = "edition"
EDITION_GRAIN = "What this file was made of and when. One row per edition: this one."
EDITION_COLUMNS: Mapping[str, tuple[str, str]] = {
    "number": ("INTEGER", "Number of the edition, rising by publication."),
    "published_at": ("TIMESTAMPTZ", "Instant of publication, UTC."),
    "known_at": ("TIMESTAMPTZ", "Instant of the newest load in the edition, UTC: what was known then."),
    "log_positions": ("VARCHAR", "JSON object: stream to the last position taken in."),
    "log_head_digest": ("VARCHAR", "SHA-256 over the heads of all streams taken in."),
    "code_version": ("VARCHAR", "Version of Claimledger that published."),
    "cleaner_version": ("VARCHAR", "Version of the cleaner in use at publication."),
    "extractor_version": ("VARCHAR", "Version of the extractor in use at publication."),
    "verdict": ("VARCHAR", "What validation said: pass or warn."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an edition is made of. `log_positions` maps a stream to its last position; instants are UTC."""

    number: int
    published_at: datetime
    known_at: datetime
    log_positions: Mapping[str, int]
    log_head_digest: str
    code_version: str
    cleaner_version: str
    extractor_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Rows of one table and the SHA-256 over them, whatever their order and physical layout."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A published edition. `verdict` is pass or warn; `files` maps a path inside the folder to its SHA-256, without
    the manifest itself."""

    path: Path
    facts: Facts
    verdict: str
    tables: Mapping[str, Content]
    files: Mapping[str, str]

    @property
    def number(self) -> int:
        return self.facts.number

    @property
    def database(self) -> Path:
        return self.path / DATABASE


def edition_folder(home: Path, number: int) -> Path:
    return home / FOLDER / str(number)


def number_of(name: str) -> int | None:
    """The number of an edition folder's name, None for another name: 01, ² and ١ are digits as well."""
    return int(name) if _NUMBER.fullmatch(name) else None


def numbers(home: Path) -> tuple[int, ...]:
    """The complete editions on disk, ascending; dot-folders of unfinished ones do not count."""
    folder = home / FOLDER
    found = (path for path in (folder.iterdir() if folder.is_dir() else ()) if (path / MANIFEST).is_file())
    return tuple(sorted(number for path in found if (number := number_of(path.name)) is not None))


def report(home: Path, number: int) -> Path | None:
    """The report of the checks of an edition, one HTML file; None where it was not kept."""
    path = edition_folder(home, number) / VALIDATION / "index.html"
    return path if path.is_file() else None


def failed_report(home: Path) -> Path | None:
    """The report of the newest build, where its checks kept it from being published; None where the last build was fine."""
    path = home / FAILED / "index.html"
    return path if path.is_file() else None


def next_number(home: Path) -> int:
    """One more than the greatest on disk, whether or not it is the current one."""
    return max(numbers(home), default=0) + 1


def current_number(home: Path) -> int | None:
    """The number `current` points to; None before the first edition. Raises Halt when it points nowhere."""
    link = home / CURRENT
    if not link.is_symlink():
        return None
    number = pointed(home)
    if number is None or not (edition_folder(home, number) / MANIFEST).is_file():
        raise Halt(
            f"{link} points to {link.readlink()}, which is no edition; run: claimledger editions list, then claimledger editions use N"
        )
    return number


def pointed(home: Path) -> int | None:
    """The number in the link `current`, whether or not there is such an edition; None where the link leads out of the home."""
    link = home / CURRENT
    target = Path(link.readlink()) if link.is_symlink() else Path()
    return number_of(target.name) if target.parent == Path(FOLDER) else None


def read_edition(home: Path, number: int) -> Edition:
    """The manifest of an edition. Raises Misuse when there is no such edition, Halt when its manifest cannot be read."""
    folder = edition_folder(home, number)
    if number not in numbers(home):
        there = ", ".join(map(str, numbers(home))) or "none"
        raise Misuse(f"no edition {number} in {home}; there are: {there}")
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if int(told["format"]) > FORMAT:
            raise Halt(
                f"{folder} was written by a newer claimledger (format {told['format']}, this one reads {FORMAT}); upgrade claimledger"
            )
        if int(told["number"]) != number:
            raise Halt(f"{folder} holds edition {told['number']}; a folder was exchanged: run: claimledger verify --quarantine")
        return from_manifest(folder, told)
    except (ValueError, KeyError, TypeError) as error:
        raise Halt(f"{folder / MANIFEST} is not readable ({error!r}); run: claimledger verify, then claimledger build") from error


def current_edition(home: Path) -> Edition | None:
    number = current_number(home)
    return None if number is None else read_edition(home, number)


def to_manifest(edition: Edition, more: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest as JSON values; `more` adds keys that only people and other tools read."""
    facts = edition.facts
    return {
        "format": FORMAT,
        "number": facts.number,
        "published_at": facts.published_at.isoformat(),
        "known_at": facts.known_at.isoformat(),
        "log_positions": dict(sorted(facts.log_positions.items())),
        "log_head_digest": facts.log_head_digest,
        "code_version": facts.code_version,
        "cleaner_version": facts.cleaner_version,
        "extractor_version": facts.extractor_version,
        "verdict": edition.verdict,
        "tables": {name: {"rows": c.rows, "digest": c.digest} for name, c in sorted(edition.tables.items())},
        "files": dict(sorted(edition.files.items())),
        **more,
    }


def from_manifest(folder: Path, data: Mapping[str, Any]) -> Edition:
    facts = Facts(
        number=int(data["number"]),
        published_at=datetime.fromisoformat(data["published_at"]),
        known_at=datetime.fromisoformat(data["known_at"]),
        log_positions=data["log_positions"],
        log_head_digest=data["log_head_digest"],
        code_version=data["code_version"],
        cleaner_version=data["cleaner_version"],
        extractor_version=data["extractor_version"],
    )
    tables = {name: Content(rows=int(c["rows"]), digest=str(c["digest"])) for name, c in data["tables"].items()}
    return Edition(path=folder, facts=facts, verdict=data["verdict"], tables=tables, files=data["files"])
