"""In: one article as a JSON line. Out: its statements as a dictionary for a JSON line, or an error that says what would be right."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import Any

from ingest.extract import extract
from ingest.records import ArticleText, Statement

_OPTIONAL = ("title", "published", "url", "source")


class _BadLine(Exception):
    """The line is no article. The message is for people."""


def extract_line(line: bytes | str) -> tuple[dict[str, Any], bool]:
    """{"id", "text", "title"?, "published"? (YYYY-MM-DD), "url"?, "source"?} -> statements and True, or {"id", "error"} and False."""
    record: Any = None
    try:
        record = _parsed(line)
        article = _article(record)
    except _BadLine as error:
        known = record.get("id") if isinstance(record, dict) else None
        return {"id": known if isinstance(known, str | int) else None, "error": str(error)}, False
    result = extract(article)
    return {
        "id": record["id"],
        "casualty_claims": [statement_fields(article.text, c) for c in result.casualty_claims],
        "offers": [statement_fields(article.text, o) for o in result.offers],
        "announcements": [statement_fields(article.text, a) for a in result.announcements],
    }, True


def statement_fields(text: str, statement: Statement) -> dict[str, Any]:
    """A statement's fields with its quote and offsets; days as YYYY-MM-DD."""
    row: dict[str, Any] = {}
    for field in fields(statement):
        if field.name != "span":
            value = getattr(statement, field.name)
            row[field.name] = value.isoformat() if isinstance(value, date) else value
    start, end = statement.span.char_start, statement.span.char_end
    return row | {"quote": text[start:end], "char_start": start, "char_end": end}


def _parsed(line: bytes | str) -> dict[str, Any]:
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
        record = json.loads(text)
    except UnicodeDecodeError as error:
        raise _BadLine(f"received bytes that are not UTF-8 at {error.start}; a line is one JSON object in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise _BadLine(f"received no JSON ({error}); a line is one JSON object with id and text") from error
    if not isinstance(record, dict):
        raise _BadLine(f"received a JSON {type(record).__name__}; a line is one JSON object with id and text")
    return record


def _article(record: dict[str, Any]) -> ArticleText:
    if "id" not in record or not isinstance(record["id"], str | int) or isinstance(record["id"], bool):
        raise _BadLine(f"received id {record.get('id')!r}; id is a text or a whole number")
    if not isinstance(record.get("text"), str):
        raise _BadLine(f"received text of type {type(record.get('text')).__name__}; text is the article's words as a JSON string")
    for name in _OPTIONAL:
        if record.get(name) is not None and not isinstance(record[name], str):
            raise _BadLine(f"received {name} {record[name]!r}; {name} is a text or null")
    return ArticleText(
        text=record["text"],
        title=record.get("title"),
        published_on=_day(record.get("published")),
        url=record.get("url"),
        source=record.get("source"),
    )


def _day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if len(value) != 10:
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError:
        raise _BadLine(f"received published {value!r}; published is a day as YYYY-MM-DD, or null") from None
