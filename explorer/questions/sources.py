"""In: an edition. Out: what each source brought, day by day, and what was refused."""

from __future__ import annotations

import pyarrow as pa

from explorer.questions.asking import Asked


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


def refused_days(asked: Asked, source: str) -> pa.Table:
    """Why what was asked of a source on a day failed or was refused: day_on (UTC), reason, items."""
    return asked.ask(
        """
        SELECT CAST(coalesce(fetched_at, recorded_at) AT TIME ZONE 'UTC' AS DATE) AS day_on, reason, count(*) AS items
        FROM rejections WHERE source = $source GROUP BY ALL ORDER BY day_on, items DESC, reason
        """,
        {"source": source},
    )


def refusals(asked: Asked) -> pa.Table:
    """How often what was refused, and why: source, stage, reason, items, example."""
    return asked.ask(
        """
        SELECT source, stage, reason, count(*) AS items, min(detail) AS example
        FROM rejections GROUP BY source, stage, reason ORDER BY items DESC, source, reason
        """
    )
