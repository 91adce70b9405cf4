-- The schema `raw` of the build database: one typed table per type of event, what the projection decided, and the
-- book of loads.
--
-- A column of an event table that is not part of the envelope is named as the key of the payload that fills it
-- (docs/events.md), and its type is the type the payload is read as: a column added here is loaded without a line of
-- code. Nothing here is precious: the file can be deleted at any time and is rebuilt from the log.

create schema if not exists raw;

-- The digest of this file as it was when the database was made; a database of another one is made anew.
create table if not exists raw.made_by (
    schema_digest varchar not null
);

-- The book of loads -------------------------------------------------------------------------------------------------

-- One row per LedgerLoaded event that this database has taken in.
create table if not exists raw.loads (
    load_position bigint not null,
    known_at timestamptz not null,
    ranges json not null,
    events bigint not null
);

-- One row per stream: the last position taken in.
create table if not exists raw.stream_heads (
    stream varchar not null,
    position bigint not null
);

-- Events ------------------------------------------------------------------------------------------------------------

create table if not exists raw.lead_found (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    url varchar,
    listing_url varchar,
    title varchar,
    published_at timestamptz
);

create table if not exists raw.capture_taken (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    url varchar,
    final_url varchar,
    role varchar,
    status integer,
    is_unchanged boolean,
    content_type varchar,
    charset varchar,
    etag varchar,
    last_modified varchar,
    body_digest varchar,
    body_bytes bigint,
    warc_file varchar,
    warc_offset bigint,
    warc_bytes bigint
);

create table if not exists raw.capture_failed (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    url varchar,
    role varchar,
    reason varchar,
    detail varchar,
    status integer
);

create table if not exists raw.article_cleaned (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    capture_id varchar,
    url varchar,
    canonical_url varchar,
    title varchar,
    authors varchar[],
    outlet varchar,
    language varchar,
    published_at timestamptz,
    is_published_day_only boolean,
    text_digest varchar,
    text_chars bigint,
    text_file varchar,
    sketch varchar,
    body_digest varchar,
    fetched_at timestamptz,
    cleaner_version varchar
);

create table if not exists raw.capture_rejected (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    capture_id varchar,
    url varchar,
    stage varchar,
    reason varchar,
    detail varchar,
    fetched_at timestamptz,
    cleaner_version varchar
);

create table if not exists raw.article_gone (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    url varchar,
    status integer
);

-- What people said of statements: `action` is set (one field), reject (the whole row) or undo (of the correction
-- `undone_id`). Values are texts, as the type of the column reads them.
create table if not exists raw.statement_corrected (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    statement_id varchar not null,
    kind varchar not null,
    action varchar not null,
    field varchar not null,
    old_value varchar,
    new_value varchar,
    undone_id varchar,
    reason varchar not null,
    author varchar not null
);

-- Pages that were taken down: whatever of them was archived before the event is gone, whatever comes after is refused.
create table if not exists raw.article_withdrawn (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    url varchar not null,
    canonical_url varchar not null,
    reason varchar not null,
    author varchar not null
);

-- One row per extraction of one article, also where it found nothing; its lists lie in the tables below.
create table if not exists raw.statements_extracted (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    capture_id varchar,
    canonical_url varchar,
    text_digest varchar,
    extractor varchar,
    extractor_version varchar,
    cleaner_version varchar
);

-- Statements --------------------------------------------------------------------------------------------------------
--  One row per statement of an extraction whose quote stands in the text: `ordinal` counts from 1 in the list of its
-- kind. `quote` and its surroundings are cut from `raw.texts`; a statement whose quote does not stand there lies in
-- raw.statement_rejections instead.

create table if not exists raw.casualty_claims (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    ordinal integer not null,
    capture_id varchar not null,
    canonical_url varchar not null,
    text_digest varchar not null,
    statement_id varchar not null,
    quote_digest varchar,
    char_start integer,
    char_end integer,
    sentence_start integer,
    sentence_end integer,
    rule varchar,
    claimed_on date,
    claimant varchar,
    claimant_party varchar,
    party varchar,
    population varchar,
    measure varchar,
    category varchar,
    subject varchar,
    is_subset boolean,
    place varchar,
    low bigint,
    high bigint,
    qualifier varchar,
    period varchar,
    as_of date,
    as_of_basis varchar,
    quote varchar,
    quote_prefix varchar,
    quote_suffix varchar
);

create table if not exists raw.offers (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    ordinal integer not null,
    capture_id varchar not null,
    canonical_url varchar not null,
    text_digest varchar not null,
    statement_id varchar not null,
    quote_digest varchar,
    char_start integer,
    char_end integer,
    sentence_start integer,
    sentence_end integer,
    rule varchar,
    offered_on date,
    valid_until date,
    status varchar,
    offeror varchar,
    offeror_party varchar,
    announced_by varchar,
    audience varchar,
    audience_party varchar,
    action varchar,
    benefit varchar,
    amount_low double,
    amount double,
    currency varchar,
    per varchar,
    amount_usd double,
    usd_basis varchar,
    quote varchar,
    quote_prefix varchar,
    quote_suffix varchar
);

create table if not exists raw.announcements (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    ordinal integer not null,
    capture_id varchar not null,
    canonical_url varchar not null,
    text_digest varchar not null,
    statement_id varchar not null,
    quote_digest varchar,
    char_start integer,
    char_end integer,
    sentence_start integer,
    sentence_end integer,
    rule varchar,
    announced_on date,
    announcer varchar,
    announcer_party varchar,
    topic varchar,
    channel varchar,
    quote varchar,
    quote_prefix varchar,
    quote_suffix varchar
);

-- One row per statement that was refused: by the extractor, or here because its quote does not stand in the text.
create table if not exists raw.statement_rejections (
    stream varchar not null,
    position bigint not null,
    event_id varchar not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    known_at timestamptz not null,
    run_id varchar not null,
    ordinal integer not null,
    capture_id varchar not null,
    canonical_url varchar not null,
    text_digest varchar not null,
    stage varchar not null,
    reason varchar not null,
    detail varchar
);

-- One row per cleaned text; offsets of statements count its code points.
create table if not exists raw.texts (
    text_digest varchar not null,
    text varchar not null,
    known_at timestamptz not null
);

-- What the projection decided, once and for ever --------------------------------------------------------------------

-- One row per revision of a page. `stream` and `position` are those of the cleaning that opened it.
create table if not exists raw.revisions (
    article_id varchar not null,
    canonical_url varchar not null,
    revision integer not null,
    capture_id varchar not null,
    fetched_at timestamptz not null,
    seen_at timestamptz not null,
    load_position bigint not null,
    stream varchar not null,
    position bigint not null,
    known_at timestamptz not null
);

-- One row per capture that became an article: the revision it opened (`is_opener`) or showed again.
create table if not exists raw.placements (
    capture_id varchar not null,
    article_id varchar not null,
    canonical_url varchar not null,
    revision integer not null,
    fetched_at timestamptz not null,
    is_opener boolean not null,
    known_at timestamptz not null
);

-- One row per cleaning that describes a revision: the first one and every later one of the capture that opened it.
create table if not exists raw.faces (
    article_id varchar not null,
    title varchar,
    text_digest varchar not null,
    body_digest varchar not null,
    stream varchar not null,
    position bigint not null,
    known_at timestamptz not null
);

-- One row per revision: the cluster it belongs to and, where it joined one, the article it was found to copy and how
-- much of it.
create table if not exists raw.clusters (
    article_id varchar not null,
    cluster_id varchar not null,
    copied_article_id varchar,
    containment double,
    known_at timestamptz not null
);

-- Some of the hashes of every revision's sketch: the way to candidates for a near-copy. Rows stand in order of loads.
create table if not exists raw.sketch_index (
    hash uinteger not null,
    article_id varchar not null,
    seen_at timestamptz not null
);

-- One row per statement and article: the group it belongs to. `group_key` is a digest of the fields that must agree.
create table if not exists raw.groups (
    statement_id varchar not null,
    article_id varchar not null,
    kind varchar not null,
    group_id varchar not null,
    is_opener boolean not null,
    group_key varchar not null,
    seen_on date not null,
    cluster_id varchar not null,
    wording varchar not null,
    alike integer not null,
    load_position bigint not null,
    stream varchar not null,
    position bigint not null,
    ordinal integer not null,
    known_at timestamptz not null
);

-- What a night makes anew -------------------------------------------------------------------------------------------

-- At most two rows: what the last edition was made of, and what the tables are being made of: up to which load, by
-- which rules, and of each source the digest of its row.
create table if not exists raw.modelled (
    known_at timestamptz,
    rules varchar not null,
    sources map (varchar, varchar),
    is_published boolean not null
);

-- One row per revision of a page of which something became known since the last edition.
create table if not exists raw.changed_articles (
    article_id varchar not null,
    canonical_url varchar not null
);

-- One row per group that one of these revisions tells.
create table if not exists raw.changed_groups (
    group_id varchar not null
);

-- From outside the log ----------------------------------------------------------------------------------------------

-- One row per source file, replaced at every build.
create table if not exists raw.sources (
    slug varchar not null,
    name varchar not null,
    kind varchar,
    country varchar,
    language varchar,
    is_enabled boolean not null,
    entered_on date,
    publish_text boolean not null
);

-- One row per version of a statement that validation refuses to believe.
create table if not exists raw.unbelievable (
    statement_id varchar not null,
    article_id varchar not null,
    valid_from_at timestamptz not null,
    "table" varchar not null, -- noqa: RF06
    expectation varchar not null,
    detail varchar,
    recorded_at timestamptz not null,
    run_id varchar
);
