-- The schema `raw` of the build database: one typed table per type of event, what the projection decided, and the book of loads.
--
-- A column of an event table that is not part of the envelope is named as the key of the payload that fills it (docs/events.md), and its
-- type is the type the payload is read as: a column added here is loaded without a line of code.
-- Nothing here is precious: the file can be deleted at any time and is rebuilt from the log.

CREATE SCHEMA IF NOT EXISTS raw;

-- The book of loads ------------------------------------------------------------------------------------------------------------------

-- One row per LedgerLoaded event that this database has taken in.
CREATE TABLE IF NOT EXISTS raw.loads (
    load_position BIGINT NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    ranges JSON NOT NULL,
    events BIGINT NOT NULL
);

-- One row per stream: the last position taken in.
CREATE TABLE IF NOT EXISTS raw.stream_heads (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL
);

-- Events -----------------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS raw.lead_found (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    url VARCHAR,
    listing_url VARCHAR,
    title VARCHAR,
    published_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS raw.capture_taken (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    url VARCHAR,
    final_url VARCHAR,
    role VARCHAR,
    status INTEGER,
    is_unchanged BOOLEAN,
    content_type VARCHAR,
    charset VARCHAR,
    etag VARCHAR,
    last_modified VARCHAR,
    body_digest VARCHAR,
    body_bytes BIGINT,
    warc_file VARCHAR,
    warc_offset BIGINT,
    warc_bytes BIGINT
);

CREATE TABLE IF NOT EXISTS raw.capture_failed (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    url VARCHAR,
    role VARCHAR,
    reason VARCHAR,
    detail VARCHAR,
    status INTEGER
);

CREATE TABLE IF NOT EXISTS raw.article_cleaned (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    capture_id VARCHAR,
    url VARCHAR,
    canonical_url VARCHAR,
    title VARCHAR,
    authors VARCHAR[],
    outlet VARCHAR,
    language VARCHAR,
    published_at TIMESTAMPTZ,
    is_published_day_only BOOLEAN,
    text_digest VARCHAR,
    text_chars BIGINT,
    text_file VARCHAR,
    sketch VARCHAR,
    body_digest VARCHAR,
    fetched_at TIMESTAMPTZ,
    cleaner_version VARCHAR
);

CREATE TABLE IF NOT EXISTS raw.capture_rejected (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    capture_id VARCHAR,
    url VARCHAR,
    stage VARCHAR,
    reason VARCHAR,
    detail VARCHAR,
    fetched_at TIMESTAMPTZ,
    cleaner_version VARCHAR
);

CREATE TABLE IF NOT EXISTS raw.article_gone (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    url VARCHAR,
    status INTEGER
);

-- One row per extraction of one article, also where it found nothing; its lists lie in the tables below.
CREATE TABLE IF NOT EXISTS raw.statements_extracted (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    capture_id VARCHAR,
    canonical_url VARCHAR,
    text_digest VARCHAR,
    extractor VARCHAR,
    extractor_version VARCHAR,
    cleaner_version VARCHAR
);

-- Statements -------------------------------------------------------------------------------------------------------------------------
--
-- One row per statement of an extraction whose quote stands in the text: `ordinal` counts from 1 in the list of its kind. `quote` and its
-- surroundings are cut from `raw.texts`; a statement whose quote does not stand there lies in raw.statement_rejections instead.

CREATE TABLE IF NOT EXISTS raw.casualty_claims (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    capture_id VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    text_digest VARCHAR NOT NULL,
    statement_id VARCHAR NOT NULL,
    quote_digest VARCHAR,
    char_start INTEGER,
    char_end INTEGER,
    sentence_start INTEGER,
    sentence_end INTEGER,
    rule VARCHAR,
    claimed_on DATE,
    claimant VARCHAR,
    claimant_party VARCHAR,
    party VARCHAR,
    population VARCHAR,
    measure VARCHAR,
    category VARCHAR,
    subject VARCHAR,
    is_subset BOOLEAN,
    place VARCHAR,
    low BIGINT,
    high BIGINT,
    qualifier VARCHAR,
    period VARCHAR,
    as_of DATE,
    as_of_basis VARCHAR,
    quote VARCHAR,
    quote_prefix VARCHAR,
    quote_suffix VARCHAR
);

CREATE TABLE IF NOT EXISTS raw.offers (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    capture_id VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    text_digest VARCHAR NOT NULL,
    statement_id VARCHAR NOT NULL,
    quote_digest VARCHAR,
    char_start INTEGER,
    char_end INTEGER,
    sentence_start INTEGER,
    sentence_end INTEGER,
    rule VARCHAR,
    offered_on DATE,
    valid_until DATE,
    status VARCHAR,
    offeror VARCHAR,
    offeror_party VARCHAR,
    announced_by VARCHAR,
    audience VARCHAR,
    audience_party VARCHAR,
    action VARCHAR,
    benefit VARCHAR,
    amount_low DOUBLE,
    amount DOUBLE,
    currency VARCHAR,
    per VARCHAR,
    amount_usd DOUBLE,
    usd_basis VARCHAR,
    quote VARCHAR,
    quote_prefix VARCHAR,
    quote_suffix VARCHAR
);

CREATE TABLE IF NOT EXISTS raw.announcements (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    capture_id VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    text_digest VARCHAR NOT NULL,
    statement_id VARCHAR NOT NULL,
    quote_digest VARCHAR,
    char_start INTEGER,
    char_end INTEGER,
    sentence_start INTEGER,
    sentence_end INTEGER,
    rule VARCHAR,
    announced_on DATE,
    announcer VARCHAR,
    announcer_party VARCHAR,
    topic VARCHAR,
    channel VARCHAR,
    quote VARCHAR,
    quote_prefix VARCHAR,
    quote_suffix VARCHAR
);

-- One row per statement that was refused: by the extractor, or here because its quote does not stand in the text.
CREATE TABLE IF NOT EXISTS raw.statement_rejections (
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    capture_id VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    text_digest VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    detail VARCHAR
);

-- One row per cleaned text; offsets of statements count its code points.
CREATE TABLE IF NOT EXISTS raw.texts (
    text_digest VARCHAR NOT NULL,
    text VARCHAR NOT NULL
);

-- What the projection decided, once and for ever -------------------------------------------------------------------------------------

-- One row per revision of a page. `stream` and `position` are those of the cleaning that opened it.
CREATE TABLE IF NOT EXISTS raw.revisions (
    article_id VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    capture_id VARCHAR NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    load_position BIGINT NOT NULL,
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    known_at TIMESTAMPTZ NOT NULL
);

-- One row per capture that became an article: the revision it opened (`is_opener`) or showed again.
CREATE TABLE IF NOT EXISTS raw.placements (
    capture_id VARCHAR NOT NULL,
    article_id VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    is_opener BOOLEAN NOT NULL,
    known_at TIMESTAMPTZ NOT NULL
);

-- One row per cleaning that describes a revision: the first one and every later one of the capture that opened it.
CREATE TABLE IF NOT EXISTS raw.faces (
    article_id VARCHAR NOT NULL,
    title VARCHAR,
    text_digest VARCHAR NOT NULL,
    body_digest VARCHAR NOT NULL,
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    known_at TIMESTAMPTZ NOT NULL
);

-- One row per revision: the cluster it belongs to and, where it joined one, the article it was found to copy and how much of it.
CREATE TABLE IF NOT EXISTS raw.clusters (
    article_id VARCHAR NOT NULL,
    cluster_id VARCHAR NOT NULL,
    copied_article_id VARCHAR,
    containment DOUBLE,
    known_at TIMESTAMPTZ NOT NULL
);

-- Some of the hashes of every revision's sketch: the way to candidates for a near-copy. Rows stand in order of loads.
CREATE TABLE IF NOT EXISTS raw.sketch_index (
    hash UINTEGER NOT NULL,
    article_id VARCHAR NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
);

-- One row per statement and article: the group it belongs to. `group_key` is a digest of the fields that must agree.
CREATE TABLE IF NOT EXISTS raw.groups (
    statement_id VARCHAR NOT NULL,
    article_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    group_id VARCHAR NOT NULL,
    is_opener BOOLEAN NOT NULL,
    group_key VARCHAR NOT NULL,
    seen_on DATE NOT NULL,
    cluster_id VARCHAR NOT NULL,
    wording VARCHAR NOT NULL,
    alike INTEGER NOT NULL,
    load_position BIGINT NOT NULL,
    stream VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    ordinal INTEGER NOT NULL,
    known_at TIMESTAMPTZ NOT NULL
);

-- From outside the log ---------------------------------------------------------------------------------------------------------------

-- One row per source file, replaced at every build.
CREATE TABLE IF NOT EXISTS raw.sources (
    slug VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    entered_on DATE,
    publish_text BOOLEAN NOT NULL
);

-- One row per statement that validation refuses to believe.
CREATE TABLE IF NOT EXISTS raw.unbelievable (
    statement_id VARCHAR NOT NULL,
    article_id VARCHAR NOT NULL,
    "table" VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL,
    detail VARCHAR,
    recorded_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR
);
