"""In: entries of the timeline. Out: who tells them, in which articles, and every version the ledger ever told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from explorer.questions.asking import ENTRY_COLUMNS, HISTORIES, STATEMENT_IDS, STATEMENT_TABLES, Asked


def entry(asked: Asked, entry_id: str) -> dict[str, Any] | None:
    """One row of the timeline; None where what is asked tells no such entry."""
    found = asked.ask(f"SELECT {ENTRY_COLUMNS} FROM timeline WHERE entry_id = $entry", {"entry": entry_id}).to_pylist()  # noqa: S608  names of these files
    return found[0] if found else None


def entry_of_statement(asked: Asked, statement_id: str) -> str | None:
    """The entry that a statement was told under, last first."""
    parts = " UNION ALL ".join(
        f"SELECT group_id, valid_from_at FROM {table} WHERE {STATEMENT_IDS[kind]} = $id"  # noqa: S608  names of these files
        for kind, table in HISTORIES.items()
    )
    found = asked.ask(f"SELECT group_id FROM ({parts}) ORDER BY valid_from_at DESC LIMIT 1", {"id": statement_id}).to_pylist()  # noqa: S608  names of these files
    return str(found[0]["group_id"]) if found else None


def tellings(asked: Asked, kind: str, entry_ids: Sequence[str]) -> pa.Table:
    """Every row that tells one of the entries, those the ledger learnt of first before the others, with what the article's capture was.

    All columns of its table, and statement_id, title, is_withdrawn, is_gone, fetched_at, body_digest, revision of its article.
    """
    return asked.ask(
        f"""
        SELECT rows.{STATEMENT_IDS[kind]} AS statement_id, rows.*, articles.title, articles.is_withdrawn, articles.is_gone,
            articles.fetched_at, articles.body_digest, articles.revision
        FROM {STATEMENT_TABLES[kind]} AS rows
        INNER JOIN articles ON rows.article_id = articles.article_id
        WHERE rows.group_id IN (SELECT unnest($entries)) ORDER BY rows.known_at, rows.published_at, statement_id
        """,  # noqa: S608  names of these files
        {"entries": list(entry_ids)},
    )


def article_texts(asked: Asked, article_ids: Sequence[str]) -> dict[str, str]:
    """The texts that may be shown, by article."""
    found = asked.ask(
        "SELECT article_id, text FROM articles WHERE text IS NOT NULL AND article_id IN (SELECT unnest($articles))",
        {"articles": list(article_ids)},
    )
    return dict(zip(*found.to_pydict().values(), strict=True))


def article_quotes(asked: Asked, article_ids: Sequence[str]) -> pa.Table:
    """Every statement of the articles, in their order: article_id, entry_id, char_start, char_end."""
    parts = " UNION ALL ".join(
        f"SELECT article_id, group_id AS entry_id, char_start, char_end FROM {table} "  # noqa: S608  names of these files
        "WHERE article_id IN (SELECT unnest($articles))"
        for table in STATEMENT_TABLES.values()
    )
    return asked.ask(f"{parts} ORDER BY article_id, char_start, char_end, entry_id", {"articles": list(article_ids)})


def versions(asked: Asked, kind: str, statement_ids: Sequence[str]) -> pa.Table:
    """What the ledger ever told of these statements, oldest first: all columns of the history, and statement_id."""
    key = STATEMENT_IDS[kind]
    return asked.ask(
        f"""
        SELECT {key} AS statement_id, * FROM {HISTORIES[kind]} WHERE {key} IN (SELECT unnest($ids))
        ORDER BY valid_from_at, valid_to_at NULLS LAST, statement_id, article_id
        """,  # noqa: S608  names of these files
        {"ids": list(statement_ids)},
    )


def ended(asked: Asked, entry_id: str) -> tuple[str, list[dict[str, Any]]] | None:
    """Kind and versions, oldest first, of an entry that the histories know, whether or not the ledger still tells it; else None."""
    for kind, table in HISTORIES.items():
        found = asked.ask(
            f"SELECT {STATEMENT_IDS[kind]} AS statement_id, * FROM {table} WHERE group_id = $entry "  # noqa: S608  names of these files
            "ORDER BY valid_from_at, valid_to_at NULLS LAST, statement_id",
            {"entry": entry_id},
        ).to_pylist()
        if found:
            return kind, found
    return None


def corrections_of(asked: Asked, statement_ids: Sequence[str]) -> pa.Table:
    """Corrections of these statements by people, oldest first."""
    return asked.ask(
        "SELECT * FROM corrections WHERE statement_id IN (SELECT unnest($ids)) ORDER BY recorded_at, correction_id",
        {"ids": list(statement_ids)},
    )
