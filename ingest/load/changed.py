# ruff: noqa: S608  every name that goes into SQL here is our own
"""In: the build database and the rules its tables are made by. Out: the articles and groups the models make anew, in `raw.changed_*`.

A row of a table is made of what is known of one page, or of the pages that tell the same, and of nothing else. So a night makes anew the
rows of those pages of which something became known since the last edition, and of the groups they tell. The last edition counts, not the
last build: what a build that was killed or not believed has left behind is made anew with the rest.
"""

from __future__ import annotations

from ingest.load.database import BuildDatabase

# Of every source the row it had, so that a new name or licence reaches the articles of before.
_SOURCES_NOW = "SELECT slug, md5(CAST(to_json(source) AS VARCHAR)) AS row_digest FROM raw.sources AS source"
_BEGIN = f"""
INSERT INTO raw.modelled
SELECT (SELECT max(known_at) FROM raw.loads), ?, (SELECT map(list(slug), list(row_digest)) FROM ({_SOURCES_NOW})), false
"""
_ALL_ARTICLES = "INSERT INTO raw.changed_articles BY NAME SELECT article_id, canonical_url FROM raw.revisions"
# A page answers under every address it was fetched from; a text that was lost may come with another page; a correction is of a statement,
# wherever it is told.
_CHANGED_ARTICLES = f"""
INSERT INTO raw.changed_articles BY NAME
WITH asked AS (
    SELECT url FROM raw.capture_taken WHERE known_at > getvariable('since') AND role = 'article'
    UNION SELECT url FROM raw.article_gone WHERE known_at > getvariable('since')
),
read AS (
    SELECT capture_id FROM raw.article_cleaned WHERE known_at > getvariable('since')
    UNION SELECT capture_id FROM raw.statements_extracted WHERE known_at > getvariable('since')
    UNION SELECT capture_id FROM raw.article_cleaned
    WHERE text_digest IN (SELECT text_digest FROM raw.texts WHERE known_at > getvariable('since'))
    UNION SELECT capture_id FROM raw.placements WHERE canonical_url IN (SELECT url FROM asked)
    UNION SELECT capture_id FROM raw.article_cleaned WHERE url IN (SELECT url FROM asked) OR canonical_url IN (SELECT url FROM asked)
),
corrected AS (
    SELECT article_id FROM raw.groups
    WHERE statement_id IN (SELECT statement_id FROM raw.statement_corrected WHERE known_at > getvariable('since'))
),
sources_now AS ({_SOURCES_NOW}),
sources_before AS (
    SELECT unnest(map_keys(sources)) AS slug, unnest(map_values(sources)) AS row_digest FROM raw.modelled WHERE is_published
),
sources AS ((FROM sources_now EXCEPT FROM sources_before) UNION (FROM sources_before EXCEPT FROM sources_now)),
pages AS (
    SELECT canonical_url FROM raw.placements WHERE capture_id IN (SELECT capture_id FROM read)
    UNION SELECT canonical_url FROM raw.article_withdrawn WHERE known_at > getvariable('since')
    UNION SELECT canonical_url FROM raw.revisions WHERE article_id IN (SELECT article_id FROM corrected)
    UNION SELECT canonical_url FROM raw.revisions WHERE stream IN (SELECT slug FROM sources)
)
SELECT article_id, canonical_url FROM raw.revisions WHERE canonical_url IN (SELECT canonical_url FROM pages)
"""
_CHANGED_GROUPS = """
INSERT INTO raw.changed_groups BY NAME
SELECT DISTINCT group_id FROM raw.groups WHERE article_id IN (SELECT article_id FROM raw.changed_articles)
"""


def mark_changed(database: BuildDatabase, rules: str) -> bool:
    """Fill `raw.changed_articles` and `raw.changed_groups`; whether everything is in them, for no edition was made by these `rules`."""
    with database.all_or_nothing():
        database.run("DELETE FROM raw.changed_articles; DELETE FROM raw.changed_groups; DELETE FROM raw.modelled WHERE NOT is_published")
        published = database.rows("SELECT 1 FROM raw.modelled WHERE rules = ?", [rules])
        if published:
            database.run("SET VARIABLE since = (SELECT known_at FROM raw.modelled)")
            database.run(_CHANGED_ARTICLES)
        else:
            database.run("DELETE FROM raw.modelled")
            database.run(_ALL_ARTICLES)
        database.run(_CHANGED_GROUPS)
        database.run(_BEGIN, [rules])
    return not published


def is_everything_changed(database: BuildDatabase) -> bool:
    """What the last `mark_changed` gave."""
    return not database.rows("SELECT 1 FROM raw.modelled WHERE is_published")


def book_published(database: BuildDatabase) -> None:
    """The tables as they are have become an edition: what the next night makes anew is counted from here."""
    with database.all_or_nothing():
        begun = database.rows("SELECT 1 FROM raw.modelled WHERE NOT is_published")
        if begun:
            database.run("DELETE FROM raw.modelled WHERE is_published; UPDATE raw.modelled SET is_published = true")
