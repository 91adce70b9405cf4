"""In: a slug and what is special about it. Out: the text of a source file for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FEED = """\
slug: {slug}
name: {name}
kind: feed
url: http://{host}/rss.xml
language: en
country: GB
schedule: "{schedule}"
enabled: {enabled}
delay_seconds: 0
"""

Reader = Callable[..., dict[str, Any]]


def feed(slug: str, *, name: str = "A Paper", host: str = "paper.example", schedule: str = "7 2 * * *", enabled: str = "true") -> str:
    """A source file of kind feed."""
    return FEED.format(slug=slug, name=name, host=host, schedule=schedule, enabled=enabled)
