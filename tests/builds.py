"""In: a folder. Out: small built databases with the published tables' columns and a few believable rows, for tests of the last shores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from ingest.editions import Facts
from ingest.verdict import CheckResult, Level, Severity, Verdict, verdict_of

RUN_AT = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
FETCHED = datetime(2026, 3, 9, 3, 0, tzinfo=UTC)
PUBLISHED = datetime(2026, 3, 8, 15, 30, tzinfo=UTC)
DAY = date(2026, 3, 8)

_COMMON = """
    article_id VARCHAR NOT NULL, source VARCHAR NOT NULL, outlet VARCHAR, url VARCHAR NOT NULL, published_at TIMESTAMPTZ,
    quote VARCHAR, quote_prefix VARCHAR, quote_suffix VARCHAR, char_start INTEGER, char_end INTEGER, cluster_id VARCHAR, group_id VARCHAR,
    independent_sources BIGINT, is_corrected BOOLEAN, correction_reason VARCHAR, rule VARCHAR, extractor VARCHAR, extractor_version VARCHAR,
    recorded_at TIMESTAMPTZ, known_at TIMESTAMPTZ
"""
_VERSION = "TIMESTAMPTZ 'epoch' AS valid_from_at, NULL::TIMESTAMPTZ AS valid_to_at, 'extracted' AS reason"
HISTORIES = {"casualty_claims": "casualty_claim_history", "offers": "offer_history", "announcements": "announcement_history"}
DDL = f"""
CREATE TABLE articles (
    article_id VARCHAR NOT NULL, url VARCHAR, canonical_url VARCHAR, source VARCHAR, outlet VARCHAR, title VARCHAR, authors VARCHAR[],
    language VARCHAR, published_at TIMESTAMPTZ, fetched_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, known_at TIMESTAMPTZ, revision INTEGER,
    is_latest BOOLEAN, is_gone BOOLEAN, is_withdrawn BOOLEAN, cluster_id VARCHAR, text_chars BIGINT, text VARCHAR, text_digest VARCHAR,
    body_digest VARCHAR, cleaner_version VARCHAR);
CREATE TABLE casualty_claims (
    claim_id VARCHAR NOT NULL, claimed_on DATE, claimant VARCHAR, claimant_party VARCHAR, party VARCHAR, population VARCHAR,
    measure VARCHAR,
    category VARCHAR, subject VARCHAR, is_subset BOOLEAN, place VARCHAR, low BIGINT, high BIGINT, qualifier VARCHAR, period VARCHAR,
    as_of DATE, as_of_basis VARCHAR, {_COMMON});
CREATE TABLE offers (
    offer_id VARCHAR NOT NULL, offered_on DATE, valid_until DATE, status VARCHAR, offeror VARCHAR, offeror_party VARCHAR,
    announced_by VARCHAR,
    audience VARCHAR, audience_party VARCHAR, action VARCHAR, benefit VARCHAR, amount_low DOUBLE, amount DOUBLE, currency VARCHAR,
    per VARCHAR,
    amount_usd DOUBLE, usd_basis VARCHAR, {_COMMON});
CREATE TABLE announcements (
    announcement_id VARCHAR NOT NULL, announced_on DATE, announcer VARCHAR, announcer_party VARCHAR, topic VARCHAR, channel VARCHAR,
    {_COMMON});
CREATE TABLE timeline (
    entry_id VARCHAR NOT NULL, kind VARCHAR, happened_on DATE, date_basis VARCHAR, actor VARCHAR, actor_party VARCHAR,
    subject_party VARCHAR,
    topic VARCHAR, measure VARCHAR, category VARCHAR, action VARCHAR, headline VARCHAR, amount_low DOUBLE, amount_high DOUBLE, unit VARCHAR,
    quote VARCHAR, article_id VARCHAR, url VARCHAR, independent_sources BIGINT, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ,
    known_at TIMESTAMPTZ);
CREATE TABLE claim_series (
    claimant_party VARCHAR, party VARCHAR, population VARCHAR, measure VARCHAR, category VARCHAR, subject VARCHAR, period VARCHAR,
    as_of DATE, low BIGINT, high BIGINT, claims BIGINT, independent_sources INTEGER, change_since_previous BIGINT, is_falling BOOLEAN);
CREATE TABLE source_days (
    source VARCHAR NOT NULL, day_on DATE NOT NULL, leads BIGINT, captures BIGINT, unchanged BIGINT, failures BIGINT, articles BIGINT,
    rejections BIGINT, statements BIGINT, is_quiet BOOLEAN, is_suspect BOOLEAN);
CREATE TABLE rejections (
    source VARCHAR, url VARCHAR, stage VARCHAR, reason VARCHAR, detail VARCHAR, fetched_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ,
    run_id VARCHAR);
CREATE TABLE sources (
    slug VARCHAR NOT NULL, name VARCHAR, kind VARCHAR, country VARCHAR, language VARCHAR, is_enabled BOOLEAN, entered_on DATE,
    last_success_at TIMESTAMPTZ);
CREATE TABLE parties (code VARCHAR NOT NULL, name VARCHAR, kind VARCHAR);
CREATE TABLE casualty_claim_history AS SELECT *, {_VERSION} FROM casualty_claims;
CREATE TABLE offer_history AS SELECT *, {_VERSION} FROM offers;
CREATE TABLE announcement_history AS SELECT *, {_VERSION} FROM announcements;
COMMENT ON TABLE articles IS 'Pages, cleaned. One row per revision.';
COMMENT ON COLUMN articles.title IS 'Title of the page, as the page''s own metadata gives it.';
CREATE SCHEMA raw;
CREATE TABLE raw.unbelievable (
    statement_id VARCHAR NOT NULL, article_id VARCHAR NOT NULL, valid_from_at TIMESTAMPTZ NOT NULL, "table" VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL, detail VARCHAR, recorded_at TIMESTAMPTZ NOT NULL, run_id VARCHAR);
CREATE VIEW raw.changed_articles AS SELECT DISTINCT article_id FROM (
    SELECT article_id FROM casualty_claim_history UNION ALL SELECT article_id FROM offer_history
    UNION ALL SELECT article_id FROM announcement_history);
CREATE TABLE raw.casualty_claims (statement_id VARCHAR, recorded_at TIMESTAMPTZ, run_id VARCHAR);
CREATE TABLE raw.offers (statement_id VARCHAR, recorded_at TIMESTAMPTZ, run_id VARCHAR);
CREATE TABLE raw.announcements (statement_id VARCHAR, recorded_at TIMESTAMPTZ, run_id VARCHAR);
"""

_ARTICLE: Mapping[str, object] = {
    "article_id": "a1", "url": "https://gazette.example/1", "canonical_url": "https://gazette.example/1", "source": "gazette",
    "outlet": "The Gazette", "title": "Two sides, two counts", "authors": ["A. Writer"], "language": "en", "published_at": PUBLISHED,
    "fetched_at": FETCHED, "recorded_at": FETCHED, "known_at": FETCHED, "revision": 1, "is_latest": True, "is_gone": False,
    "is_withdrawn": False, "cluster_id": "a1", "text_chars": 900, "text": "The staff said 120 soldiers were killed. " * 20,
    "text_digest": "0" * 64, "body_digest": "1" * 64, "cleaner_version": "1.0.0",
}  # fmt: skip
_STATEMENT: Mapping[str, object] = {
    "article_id": "a1", "source": "gazette", "outlet": "The Gazette", "url": "https://gazette.example/1", "published_at": PUBLISHED,
    "quote": "The staff said 120 soldiers were killed.", "quote_prefix": "", "quote_suffix": "", "char_start": 0, "char_end": 40,
    "cluster_id": "a1", "group_id": "g1", "independent_sources": 1, "is_corrected": False, "rule": "killed", "extractor": "grammar",
    "extractor_version": "1.0.0", "recorded_at": FETCHED, "known_at": FETCHED,
}  # fmt: skip
ROWS: Mapping[str, Mapping[str, object]] = {
    "articles": _ARTICLE,
    "casualty_claims": {
        **_STATEMENT, "claim_id": "c1", "claimed_on": DAY, "claimant": "General Staff", "claimant_party": "UA", "party": "RU",
        "population": "military", "measure": "killed", "category": "personnel", "is_subset": False, "low": 120, "high": 120,
        "qualifier": "exact", "period": "day", "as_of": DAY, "as_of_basis": "stated",
    },
    "offers": {
        **_STATEMENT, "offer_id": "o1", "offered_on": DAY, "status": "offered", "offeror": "Ministry", "offeror_party": "UA",
        "audience": "Russian soldiers", "audience_party": "RU", "action": "hand_over_equipment", "benefit": "money", "amount_low": 1e6,
        "amount": 1e6, "currency": "USD", "per": "aircraft", "amount_usd": 1e6, "usd_basis": "usd",
        "quote": "The ministry promised $1 million for an aircraft.",
    },
    "announcements": {
        **_STATEMENT, "announcement_id": "n1", "announced_on": DAY, "announcer": "Ministry", "announcer_party": "UA",
        "topic": "recruitment",
        "channel": "statement", "quote": "The ministry announced a recruitment drive.",
    },
    "timeline": {
        "entry_id": "g1", "kind": "casualty_claim", "happened_on": DAY, "date_basis": "stated", "actor": "General Staff",
        "actor_party": "UA",
        "subject_party": "RU", "measure": "killed", "category": "personnel", "headline": "General Staff: 120 Russian personnel killed",
        "amount_low": 120.0, "amount_high": 120.0, "unit": "people", "quote": "The staff said 120 soldiers were killed.",
        "article_id": "a1",
        "url": "https://gazette.example/1", "independent_sources": 1, "first_seen_at": FETCHED, "last_seen_at": FETCHED,
        "known_at": FETCHED,
    },
    "claim_series": {
        "claimant_party": "UA", "party": "RU", "population": "military", "measure": "killed", "category": "personnel", "period": "day",
        "as_of": DAY, "low": 120, "high": 120, "claims": 1, "independent_sources": 1, "is_falling": False,
    },
    "source_days": {
        "source": "gazette", "day_on": date(2026, 3, 9), "leads": 10, "captures": 8, "unchanged": 1, "failures": 1, "articles": 6,
        "rejections": 2, "statements": 3, "is_quiet": False, "is_suspect": False,
    },
    "rejections": {
        "source": "gazette", "url": "https://gazette.example/2", "stage": "clean", "reason": "too_short",
        "detail": "80 characters; 250 needed",
        "fetched_at": FETCHED, "recorded_at": FETCHED, "run_id": "r1",
    },
    "sources": {
        "slug": "gazette", "name": "The Gazette", "kind": "feed", "country": "GB", "language": "en", "is_enabled": True,
        "last_success_at": FETCHED,
    },
    "parties": {"code": "UA", "name": "Ukraine", "kind": "state"},
}  # fmt: skip

TABLES = (*ROWS, *HISTORIES.values())


def make_build(path: Path, **changed: object) -> Path:
    """A database with one row per table at `path`. `title="x"` changes the article's title."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(DDL)
        for table in ROWS:
            add(connection, table, **(changed if table == "articles" else {}))
    return path


def add(connection: duckdb.DuckDBPyConnection, table: str, **changed: object) -> None:
    """One more row of `table`, and of its history: the pattern row with some columns changed."""
    row = {**ROWS[table], **changed}
    _insert(connection, table, row)
    if table in HISTORIES:
        _insert(connection, HISTORIES[table], {**row, "valid_from_at": row["known_at"], "reason": "extracted"})


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, object]) -> None:
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def facts(number: int) -> Facts:
    return Facts(
        number=number,
        published_at=RUN_AT,
        known_at=RUN_AT,
        log_positions={"gazette": 12, "editions": number},
        log_head_digest="f" * 64,
        code_version="0.1.0",
        cleaner_version="1.0.0",
        extractor_version="1.0.0",
    )


def check(name: str = "rows_exist", **changed: object) -> CheckResult:
    values: dict[str, object] = {
        "table": "articles", "name": name, "type": "expect_table_row_count_to_be_between",
        "reason": "an edition without articles is no edition",
        "level": Level.TABLE, "severity": Severity.ERROR, "is_held": True, "observed": "1",
    }  # fmt: skip
    return CheckResult(**{**values, **changed})  # type: ignore[arg-type]


def passing() -> Verdict:
    return verdict_of([check()], RUN_AT)


VALIDATION = {"index.html": "<!doctype html><title>Validation</title>", "verdict.json": "{}"}
