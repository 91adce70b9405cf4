-- What does last night's edition tell that the ledger had not heard before, and which entries are gone?
with versions as not materialized (
    select
        group_id as entry_id,
        'casualty_claim' as kind,
        quote,
        url,
        valid_from_at,
        valid_to_at
    from casualty_claim_history
    union all
    select
        group_id as entry_id,
        'offer' as kind,
        quote,
        url,
        valid_from_at,
        valid_to_at
    from offer_history
    union all
    select
        group_id as entry_id,
        'announcement' as kind,
        quote,
        url,
        valid_from_at,
        valid_to_at
    from announcement_history
),

-- Told before or not, told now or not, for each entry of which a version began or ended last night.
touched as (
    select
        versions.entry_id,
        versions.kind,
        bool_or(
            versions.valid_from_at < edition.known_at and coalesce(versions.valid_to_at >= edition.known_at, true)
        ) as was_told,
        bool_or(versions.valid_to_at is null) as is_told,
        arg_max(struct_pack(quote := versions.quote, url := versions.url), versions.valid_from_at) as told_last
    from versions
    cross join edition
    where
        versions.entry_id in (
            select begun_or_ended.entry_id from versions as begun_or_ended
            where begun_or_ended.valid_from_at >= edition.known_at or begun_or_ended.valid_to_at >= edition.known_at
        )
    group by versions.entry_id, versions.kind
)

select
    case when touched.is_told then 'new' else 'gone' end as change,
    touched.kind,
    timeline.happened_on,
    timeline.headline,
    touched.told_last.quote,
    touched.told_last.url
from touched
left join timeline on touched.entry_id = timeline.entry_id
where touched.was_told != touched.is_told
order by change, touched.kind, timeline.happened_on, timeline.headline, touched.told_last.url
