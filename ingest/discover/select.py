"""In: a source, its leads and the day. Out: the leads that the source wants, each address once, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import unquote

from ingest.records import Lead
from ingest.sources import Source
from ingest.urls import canonical

_WORD = re.compile(r"[^\W_]+")


def select(source: Source, leads: Iterable[Lead], on: date) -> tuple[Lead, ...]:
    """The leads that pass `include`, `exclude`, `keywords` and `max_age_days`, the first of each address, under its canonical form.

    An address without one stays as it is: fetching it fails by name, so it is counted.

    `on` is the day the listing was read (UTC). Leads without a date pass the age limit. `max_items` is applied by the
    caller, who knows which leads were taken before.
    """
    oldest = on - timedelta(days=source.max_age_days) if source.max_age_days is not None else date.min
    include = tuple(re.compile(pattern) for pattern in source.include)
    exclude = tuple(re.compile(pattern) for pattern in source.exclude)
    phrases = tuple(f" {_words(keyword)} " for keyword in source.keywords)

    def is_wanted(lead: Lead) -> bool:
        return (
            (not include or any(pattern.search(lead.url) for pattern in include))
            and not any(pattern.search(lead.url) for pattern in exclude)
            and (lead.published_at is None or lead.published_at.date() >= oldest)
            and (not phrases or _mentions(lead, phrases))
        )

    return tuple(_first_of_each(lead for lead in leads if is_wanted(lead)))


def _first_of_each(leads: Iterable[Lead]) -> Iterator[Lead]:
    seen: set[str] = set()
    for lead in leads:
        try:
            name = canonical(lead.url)
        except ValueError:
            name = lead.url
        if name not in seen:
            seen.add(name)
            yield replace(lead, url=name)


def _mentions(lead: Lead, phrases: tuple[str, ...]) -> bool:
    """Whether a keyword stands in the title or in the address, as whole words, whatever the case."""
    texts = (f" {_words(lead.title or '')} ", f" {_words(unquote(lead.url))} ")
    return any(phrase in text for phrase in phrases for text in texts)


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
