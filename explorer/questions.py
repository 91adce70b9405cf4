"""In: an edition and what somebody wants to know of it. Out: the rows, as Arrow. All the SQL of the explorer stands here.

Names and clauses come from this file, values go in as parameters: nothing that a person typed ever becomes SQL. With `known`, a question is
asked of the macros `<table>_as_known` instead of the tables and answers as the ledger stood at that instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

import pyarrow as pa

MAX_CHOICES = 500
MAX_POINTS = 1_500  # more marks than that and a chart shows less, not more: months then stand for days

Values = Mapping[str, Any]


class Asked(Protocol):
    """What answers: an open edition."""

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the rows must have in common; what is left empty asks for nothing. Days are of the statement, `known` is an instant, UTC."""

    since: date | None = None
    until: date | None = None
    kinds: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    at_least: int = 1
    text: str = ""
    known: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Whose losses of what are compared. `parties` empty: everybody's."""

    measure: str
    category: str
    period: str = "cumulative"
    parties: tuple[str, ...] = ()
    population: str | None = None
    since: date | None = None
    until: date | None = None
    known: datetime | None = None


def end_of_day(day: date | None) -> datetime | None:
    """The last instant of a day, UTC: what was known that day is what was known by its end."""
    return None if day is None else datetime.combine(day, time.max, tzinfo=UTC)


def edition(asked: Asked) -> dict[str, Any]:
    """The one row of the table `edition`."""
    row: dict[str, Any] = asked.ask("SELECT * FROM edition").to_pylist()[0]
    return row


def known_days(asked: Asked) -> pa.Table:
    """The instants at which loads brought something, oldest first: columns known_at, statements."""
    return asked.ask(
        """
        SELECT valid_from_at AS known_at, count(DISTINCT statement_id) AS statements
        FROM (
            SELECT claim_id AS statement_id, valid_from_at FROM casualty_claim_history
            UNION ALL SELECT offer_id, valid_from_at FROM offer_history
            UNION ALL SELECT announcement_id, valid_from_at FROM announcement_history
        )
        GROUP BY 1 ORDER BY 1
        """
    )


def party_names(asked: Asked) -> dict[str, str]:
    return {row["code"]: row["name"] for row in asked.ask("SELECT code, name FROM parties").to_pylist()}


def choices(asked: Asked) -> dict[str, list[Any]]:
    """What the filters may be set to, most frequent first: kinds, parties, speakers, topics, measures, sources, first and last day."""
    columns = {
        "kinds": "kind",
        "parties": "unnest([actor_party, subject_party])",
        "speakers": "actor",
        "topics": "topic",
        "measures": "measure",
    }
    found: dict[str, list[Any]] = {
        name: _column(
            asked.ask(
                f"SELECT x, count(*) AS n FROM (SELECT {column} AS x FROM timeline) "  # noqa: S608  columns of this file
                f"WHERE x IS NOT NULL GROUP BY x ORDER BY n DESC, x LIMIT {MAX_CHOICES}"
            )
        )
        for name, column in columns.items()
    }
    found["sources"] = _column(asked.ask("SELECT slug FROM sources ORDER BY name"))
    found["days"] = list(asked.ask("SELECT min(happened_on) AS a, max(happened_on) AS b FROM timeline").to_pylist()[0].values())
    return found


# The timeline


_ENTRY_CLAUSES = {
    "since": "happened_on >= $since",
    "until": "happened_on <= $until",
    "kinds": "list_contains($kinds, kind)",
    "parties": "(list_contains($parties, actor_party) OR list_contains($parties, subject_party))",
    "speakers": "list_contains($speakers, actor)",
    "topics": "list_contains($topics, topic)",
    "measures": "list_contains($measures, measure)",
    "at_least": "independent_sources >= $at_least",
    "text": "(contains(lower(headline), lower($text)) OR contains(lower(quote), lower($text)))",
}
_ENTRY_COLUMNS = """entry_id, kind, happened_on, date_basis, actor, actor_party, subject_party, topic, measure, category, action, headline,
    amount_low, amount_high, unit, quote, article_id, url, independent_sources, first_seen_at, known_at"""


def entries(asked: Asked, filters: Filters, *, limit: int, offset: int = 0) -> pa.Table:
    """Rows of the timeline, newest first, undated last."""
    where, values = _entries_where(filters)
    return asked.ask(
        f"""
        SELECT {_ENTRY_COLUMNS} FROM {_told("timeline", filters.known)} AS entries
        WHERE {where} ORDER BY happened_on DESC NULLS LAST, known_at DESC, entry_id LIMIT $limit OFFSET $offset
        """,  # noqa: S608  names and clauses of this file
        {**values, "limit": limit, "offset": offset},
    )


def all_entries(asked: Asked, filters: Filters) -> pa.Table:
    """The same for a file: every row there is."""
    where, values = _entries_where(filters)
    return asked.ask(
        f"SELECT {_ENTRY_COLUMNS} FROM {_told('timeline', filters.known)} AS entries "  # noqa: S608  names and clauses of this file
        f"WHERE {where} ORDER BY happened_on DESC NULLS LAST, known_at DESC, entry_id",
        values,
    )


def entry_counts(asked: Asked, filters: Filters) -> pa.Table:
    """How many entries each month has: columns month (NULL: undated), kind, entries."""
    where, values = _entries_where(filters)
    return asked.ask(
        f"""
        SELECT CAST(date_trunc('month', happened_on) AS DATE) AS month, kind, count(*) AS entries
        FROM {_told("timeline", filters.known)} AS entries WHERE {where} GROUP BY ALL ORDER BY ALL
        """,  # noqa: S608  names and clauses of this file
        values,
    )


def _entries_where(filters: Filters) -> tuple[str, dict[str, Any]]:
    given = {
        "since": filters.since,
        "until": filters.until,
        "kinds": filters.kinds,
        "parties": filters.parties,
        "speakers": filters.speakers,
        "topics": filters.topics,
        "measures": filters.measures,
        "at_least": filters.at_least if filters.at_least > 1 else None,
        "text": filters.text.strip(),
    }
    where, values = _where(_ENTRY_CLAUSES, given)
    if filters.sources:
        parts = " UNION ALL ".join(
            f"SELECT group_id FROM {_told(table, filters.known)} WHERE list_contains($sources, source)"  # noqa: S608  names of this file
            for table in STATEMENT_TABLES.values()
        )
        where, values = f"{where} AND entry_id IN ({parts})", {**values, "sources": list(filters.sources)}
    return where, _with_known(values, filters.known)


# Claims compared


_CLAIM_CLAUSES = {
    "measure": "measure = $measure",
    "category": "category = $category",
    "period": "period = $period",
    "parties": "list_contains($parties, party)",
    "population": "population = $population",
    "since": "as_of >= $since",
    "until": "as_of <= $until",
}
_DISPUTE_CLAUSES = {**_CLAIM_CLAUSES, "since": "as_of_a >= $since", "until": "as_of_a <= $until"}


def comparable(asked: Asked) -> pa.Table:
    """What can be compared, the most disputed first: measure, category, period, parties, claims, disputes."""
    return asked.ask(
        """
        WITH claims AS (
            SELECT measure, category, period, party, count(*) AS claims, count(DISTINCT claimant_party) AS sides
            FROM casualty_claims WHERE as_of IS NOT NULL AND NOT is_subset GROUP BY ALL
        ),
        pairs AS (SELECT measure, category, period, party, count(*) AS disputes FROM disputes GROUP BY ALL)
        SELECT claims.*, coalesce(pairs.disputes, 0) AS disputes
        FROM claims LEFT JOIN pairs
            ON claims.measure = pairs.measure AND claims.category = pairs.category AND claims.period = pairs.period
            AND claims.party IS NOT DISTINCT FROM pairs.party
        ORDER BY disputes DESC, sides DESC, claims DESC, measure, category, period, party
        """
    )


def compared_claims(asked: Asked, comparison: Comparison) -> pa.Table:
    """One row per figure, oldest first: who says what of whom. More than MAX_POINTS of them come as one row per speaking side and month.

    Columns: entry_id, as_of, low, high, qualifier, claimant, claimant_party, party, population, outlets, independent_sources, claims,
    quote, is_month. A month has the least low and the greatest high told in it, and the entry told last.
    """
    where, values = _claims_where(comparison)
    told = f"""
        FROM {_told("casualty_claims", comparison.known)} AS claims
        WHERE as_of IS NOT NULL AND NOT is_subset AND subject IS NULL AND {where}"""
    figures = asked.ask(f"SELECT count(DISTINCT group_id) AS n {told}", values).to_pylist()[0]["n"]
    is_month = figures > MAX_POINTS
    key = "claimant_party, party, population, month" if is_month else "group_id, claimant_party, party, population"
    return asked.ask(
        f"""
        WITH told AS (SELECT *, CAST(date_trunc('month', as_of) AS DATE) AS month {told})
        SELECT
            {"arg_max(group_id, (as_of, known_at))" if is_month else "group_id"} AS entry_id,
            {"month" if is_month else "min(as_of)"} AS as_of,
            CASE WHEN bool_or(low IS NULL) THEN NULL ELSE min(low) END AS low,
            CASE WHEN bool_or(high IS NULL) THEN NULL ELSE max(high) END AS high,
            CASE WHEN count(DISTINCT qualifier) = 1 THEN min(qualifier) ELSE 'range' END AS qualifier,
            CASE WHEN count(DISTINCT claimant) > 2 THEN count(DISTINCT claimant) || ' speakers'
                ELSE string_agg(DISTINCT claimant, ', ' ORDER BY claimant) END AS claimant,
            claimant_party, party, population,
            string_agg(DISTINCT coalesce(outlet, source), ', ' ORDER BY coalesce(outlet, source)) AS outlets,
            count(DISTINCT cluster_id) AS independent_sources, count(*) AS claims,
            arg_min(quote, known_at) AS quote, {"true" if is_month else "false"} AS is_month
        FROM told GROUP BY {key} ORDER BY as_of, claimant_party, entry_id
        """,  # noqa: S608  names and clauses of this file
        values,
    )


def disputes(asked: Asked, comparison: Comparison, *, limit: int = 200) -> pa.Table:
    """Pairs of figures of two sides for the same loss, the widest apart first."""
    where, values = _claims_where(comparison, _DISPUTE_CLAUSES)
    return asked.ask(
        f"""
        SELECT dispute_id, party, population, as_of_a, claimant_party_a, low_a, high_a, group_id_a,
            as_of_b, claimant_party_b, low_b, high_b, group_id_b, days_apart, gap_low, gap_ratio
        FROM {_told("disputes", comparison.known)} AS pairs
        WHERE subject IS NULL AND {where} ORDER BY gap_ratio DESC NULLS LAST, dispute_id LIMIT $limit
        """,  # noqa: S608  names and clauses of this file
        {**values, "limit": limit},
    )


def populations(asked: Asked, comparison: Comparison) -> list[str]:
    """Who is counted in what is compared, most frequent first."""
    where, values = _claims_where(comparison)
    return _column(
        asked.ask(
            f"""
            SELECT population, count(*) AS n FROM {_told("casualty_claims", comparison.known)} AS claims
            WHERE population IS NOT NULL AND as_of IS NOT NULL AND NOT is_subset AND {where} GROUP BY 1 ORDER BY n DESC, 1
            """,  # noqa: S608  names and clauses of this file
            values,
        )
    )


def _claims_where(comparison: Comparison, clauses: Mapping[str, str] = _CLAIM_CLAUSES) -> tuple[str, dict[str, Any]]:
    where, values = _where(clauses, {name: getattr(comparison, name) for name in clauses})
    return where, _with_known(values, comparison.known)


# Offers


_OFFER_CLAUSES = {
    "parties": "list_contains($parties, offeror_party)",
    "actions": "list_contains($actions, action)",
    "audiences": "list_contains($audiences, audience_party)",
    "since": "offered_on >= $since",
    "until": "offered_on <= $until",
}
MAX_OFFERS = 2_000


def offers(
    asked: Asked,
    *,
    parties: Sequence[str] = (),
    actions: Sequence[str] = (),
    audiences: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    known: datetime | None = None,
    limit: int = MAX_OFFERS,
) -> pa.Table:
    """One row per group, newest first. `day` is that of the offer, else of publication; amounts as stated, dollars only where stated."""
    where, values = _where(_OFFER_CLAUSES, {"parties": parties, "actions": actions, "audiences": audiences, "since": since, "until": until})
    return asked.ask(
        f"""
        WITH told AS (
            SELECT *, coalesce(offered_on, CAST(published_at AT TIME ZONE 'UTC' AS DATE)) AS day,
                row_number() OVER (PARTITION BY group_id ORDER BY known_at, offer_id) AS nth
            FROM {_told("offers", known)} AS rows WHERE {where}
        )
        SELECT group_id AS entry_id, day, offered_on, offeror, offeror_party, announced_by, audience, audience_party, action, benefit,
            status,
            amount_low, amount, currency, per, amount_usd, usd_basis, valid_until, outlet, independent_sources, quote
        FROM told WHERE nth = 1 ORDER BY day DESC NULLS LAST, entry_id LIMIT $limit
        """,  # noqa: S608  names and clauses of this file
        _with_known({**values, "limit": limit}, known),
    )


def offer_choices(asked: Asked) -> dict[str, list[Any]]:
    columns = {"parties": "offeror_party", "actions": "action", "audiences": "audience_party"}
    return {
        name: _column(asked.ask(f"SELECT {c} AS x, count(*) AS n FROM offers WHERE {c} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1"))  # noqa: S608  columns of this file
        for name, c in columns.items()
    }


# Evidence


STATEMENT_TABLES = {"casualty_claim": "casualty_claims", "offer": "offers", "announcement": "announcements"}
STATEMENT_IDS = {"casualty_claim": "claim_id", "offer": "offer_id", "announcement": "announcement_id"}
_HISTORIES = {"casualty_claim": "casualty_claim_history", "offer": "offer_history", "announcement": "announcement_history"}


def entry(asked: Asked, entry_id: str, known: datetime | None = None) -> dict[str, Any] | None:
    """One row of the timeline; None where the ledger has no such entry (or had none at `known`)."""
    found = asked.ask(
        f"SELECT {_ENTRY_COLUMNS} FROM {_told('timeline', known)} AS entries WHERE entry_id = $entry",  # noqa: S608  names of this file
        _with_known({"entry": entry_id}, known),
    ).to_pylist()
    return found[0] if found else None


def entry_of_statement(asked: Asked, statement_id: str) -> str | None:
    """The entry that a statement was told under, last first."""
    parts = " UNION ALL ".join(
        f"SELECT group_id, valid_from_at FROM {table} WHERE {STATEMENT_IDS[kind]} = $id"  # noqa: S608  names of this file
        for kind, table in _HISTORIES.items()
    )
    found = asked.ask(f"SELECT group_id FROM ({parts}) ORDER BY valid_from_at DESC LIMIT 1", {"id": statement_id}).to_pylist()  # noqa: S608  names of this file
    return str(found[0]["group_id"]) if found else None


def tellings(asked: Asked, kind: str, entry_ids: Sequence[str], known: datetime | None = None) -> pa.Table:
    """Every row that tells one of the entries, those the ledger learnt of first before the others, with what the article's capture was.

    All columns of its table, and statement_id, title, is_withdrawn, is_gone, fetched_at, body_digest, revision of its article.
    """
    return asked.ask(
        f"""
        SELECT rows.{STATEMENT_IDS[kind]} AS statement_id, rows.*, articles.title, articles.is_withdrawn, articles.is_gone,
            articles.fetched_at, articles.body_digest, articles.revision
        FROM {_told(STATEMENT_TABLES[kind], known)} AS rows
        INNER JOIN {_told("articles", known)} AS articles ON rows.article_id = articles.article_id
        WHERE rows.group_id IN (SELECT unnest($entries)) ORDER BY rows.known_at, rows.published_at, statement_id
        """,  # noqa: S608  names of this file
        _with_known({"entries": list(entry_ids)}, known),
    )


def article_texts(asked: Asked, article_ids: Sequence[str], known: datetime | None = None) -> dict[str, str]:
    """The texts that may be shown, by article."""
    found = asked.ask(
        f"SELECT article_id, text FROM {_told('articles', known)} AS articles "  # noqa: S608  names of this file
        "WHERE text IS NOT NULL AND article_id IN (SELECT unnest($articles))",
        _with_known({"articles": list(article_ids)}, known),
    )
    return dict(zip(*found.to_pydict().values(), strict=True))


def article_quotes(asked: Asked, article_ids: Sequence[str], known: datetime | None = None) -> pa.Table:
    """Every statement of the articles, in their order: article_id, entry_id, char_start, char_end."""
    parts = " UNION ALL ".join(
        f"SELECT article_id, group_id AS entry_id, char_start, char_end "  # noqa: S608  names of this file
        f"FROM {_told(table, known)} AS rows WHERE article_id IN (SELECT unnest($articles))"
        for table in STATEMENT_TABLES.values()
    )
    return asked.ask(f"{parts} ORDER BY article_id, char_start, char_end, entry_id", _with_known({"articles": list(article_ids)}, known))


def versions(asked: Asked, kind: str, statement_ids: Sequence[str]) -> pa.Table:
    """What the ledger ever told of these statements, oldest first: all columns of the history, and statement_id."""
    key = STATEMENT_IDS[kind]
    return asked.ask(
        f"""
        SELECT {key} AS statement_id, * FROM {_HISTORIES[kind]} WHERE {key} IN (SELECT unnest($ids))
        ORDER BY valid_from_at, valid_to_at NULLS LAST, statement_id, article_id
        """,  # noqa: S608  names of this file
        {"ids": list(statement_ids)},
    )


def ended(asked: Asked, entry_id: str) -> tuple[str, list[dict[str, Any]]] | None:
    """Kind and versions, oldest first, of an entry that the histories know, whether or not the ledger still tells it; else None."""
    for kind, table in _HISTORIES.items():
        found = asked.ask(
            f"SELECT {STATEMENT_IDS[kind]} AS statement_id, * FROM {table} WHERE group_id = $entry "  # noqa: S608  names of this file
            "ORDER BY valid_from_at, valid_to_at NULLS LAST, statement_id",
            {"entry": entry_id},
        ).to_pylist()
        if found:
            return kind, found
    return None


def corrections_of(asked: Asked, statement_ids: Sequence[str]) -> pa.Table:
    return asked.ask(
        "SELECT * FROM corrections WHERE statement_id IN (SELECT unnest($ids)) ORDER BY recorded_at, correction_id",
        {"ids": list(statement_ids)},
    )


# What changed


def changed_statements(asked: Asked, after: datetime, until: datetime, *, limit: int = 500) -> pa.Table:
    """What came to statements after `after` and until `until`, one row per statement and thing that happened, newest first.

    Columns: statement_id, kind, what, happened_at, entry_id, quote, url, outlet, headline (NULL where the entry is no longer told).
    """
    parts = " UNION ALL ".join(
        f"""
        SELECT {STATEMENT_IDS[kind]} AS statement_id, '{kind}' AS kind, reason, valid_from_at, group_id AS entry_id, quote, url,
            coalesce(outlet, source) AS outlet
        FROM {table} WHERE valid_from_at > $after AND valid_from_at <= $until"""  # noqa: S608  names of this file
        for kind, table in _HISTORIES.items()
    )
    return asked.ask(
        f"""
        SELECT statement_id, changes.kind, CASE reason WHEN 'extracted' THEN 'new' ELSE reason END AS what,
            max(valid_from_at) AS happened_at, arg_max(changes.entry_id, valid_from_at) AS entry_id,
            arg_max(changes.quote, valid_from_at) AS quote, arg_max(changes.url, valid_from_at) AS url,
            arg_max(outlet, valid_from_at) AS outlet, timeline.headline
        FROM ({parts}) AS changes LEFT JOIN timeline ON changes.entry_id = timeline.entry_id
        GROUP BY statement_id, changes.kind, reason, timeline.headline ORDER BY what, happened_at DESC, statement_id LIMIT $limit
        """,  # noqa: S608  names of this file
        {"after": after, "until": until, "limit": limit},
    )


# Sources


def source_table(asked: Asked) -> pa.Table:
    """One row per source with what it brought in all and whether it was quiet or suspect on its last day."""
    return asked.ask(
        """
        SELECT sources.slug, sources.name, sources.kind, sources.country, sources.language, sources.is_enabled, sources.last_success_at,
            coalesce(sum(days.articles), 0) AS articles, coalesce(sum(days.statements), 0) AS statements,
            coalesce(sum(days.failures), 0) AS failures, coalesce(sum(days.rejections), 0) AS rejections,
            max(days.day_on) AS last_day_on,
            coalesce(arg_max(days.is_quiet, days.day_on), false) AS is_quiet,
            coalesce(arg_max(days.is_suspect, days.day_on), false) AS is_suspect
        FROM sources LEFT JOIN source_days AS days ON sources.slug = days.source
        GROUP BY ALL ORDER BY sources.name
        """
    )


def source_days(asked: Asked, *, days: int = 90) -> pa.Table:
    """The last `days` days on which anything was gathered, per source."""
    return asked.ask(
        """
        SELECT source, day_on, leads, captures, unchanged, failures, articles, rejections, statements, is_quiet, is_suspect FROM source_days
        WHERE day_on > (SELECT max(day_on) FROM source_days) - CAST($days AS INTEGER) ORDER BY day_on, source
        """,
        {"days": days},
    )


def refusals(asked: Asked) -> pa.Table:
    """How often what was refused, and why: source, stage, reason, items, example."""
    return asked.ask(
        """
        SELECT source, stage, reason, count(*) AS items, min(detail) AS example
        FROM rejections GROUP BY source, stage, reason ORDER BY items DESC, source, reason
        """
    )


# Tables as they are


_WHOLE = ("casualty_claims", "claim_series", "disputes")
_WHOLE_NOW = ("sources", "parties")


def whole(asked: Asked, table: str, known: datetime | None = None) -> pa.Table:
    """All rows of one of a few tables, for a file. Raises KeyError for another."""
    if table not in (*_WHOLE, *_WHOLE_NOW):
        raise KeyError(table)
    at = known if table in _WHOLE else None
    return asked.ask(f"SELECT * FROM {_told(table, at)} AS rows ORDER BY ALL", _with_known({}, at))  # noqa: S608  names of this file


def tables(asked: Asked) -> pa.Table:
    """Every column of every published table: table_name, column_name, data_type, comment."""
    return asked.ask(
        """
        SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal ORDER BY table_name, column_index
        """
    )


# Pieces


def _told(table: str, known: datetime | None) -> str:
    return table if known is None else f"{table}_as_known($known)"


def _with_known(values: Values, known: datetime | None) -> dict[str, Any]:
    return dict(values) if known is None else {**values, "known": known}


def _where(clauses: Mapping[str, str], given: Values) -> tuple[str, dict[str, Any]]:
    """The clauses whose value was given, and those values; `true` without any."""
    chosen = {
        name: list(value) if isinstance(value, tuple | list) else value for name, value in given.items() if value not in (None, (), [], "")
    }
    return " AND ".join(clauses[name] for name in chosen) or "true", chosen


def _column(table: pa.Table) -> list[Any]:
    values: list[Any] = table.column(0).to_pylist()
    return values
