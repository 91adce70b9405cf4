{# What is counted, as one value: a struct, because structs with NULL in the same place are equal, so that unknown
   agrees with unknown alone. #}
{% macro loss() -%}
    {
            'party': party,
            'population': population,
            'measure': measure,
            'category': category,
            'subject': subject,
            'period': period
        }
{%- endmacro %}


{# Figures of two sides for the same losses; `claims` has the columns of casualty_claims. #}
{% macro disputes_at(claims) -%}
with claims as (
    select * from {{ claims }}
),

-- What a group says, as the row that the ledger learnt of first has it.
figures as (
    select
        group_id,
        known_at,
        party,
        population,
        measure,
        category,
        subject,
        period,
        {{ loss() }} as loss,
        claimant_party as side,
        as_of,
        coalesce(lower(place), '') as place,
        low,
        high
    from claims
    where
        claimant_party is not null
        and as_of is not null
        and not is_subset
    qualify row_number() over (partition by group_id order by known_at, article_id, claim_id) = 1
),

sides as (
    select distinct
        loss,
        side
    from figures
),

days as (
    select distinct
        loss,
        side,
        as_of
    from figures
),

asked as (
    select
        days.loss,
        days.side,
        days.as_of,
        sides.side as other_side
    from days
    inner join sides on days.loss = sides.loss and days.side != sides.side
),

-- Two look-ups per day and other side instead of a join of all days with all days.
days_before as (
    select
        asked.*,
        days.as_of as other_as_of
    from asked
    asof inner join days
        on asked.loss = days.loss and asked.other_side = days.side and asked.as_of >= days.as_of
),

days_after as (
    select
        asked.*,
        days.as_of as other_as_of
    from asked
    asof inner join days
        on asked.loss = days.loss and asked.other_side = days.side and asked.as_of <= days.as_of
),

days_around as (
    select * from days_before
    union
    select * from days_after
),

nearest_days as (
    select * from days_around
    where abs(as_of - other_as_of) <= {{ var('dispute_days') }}
    qualify
        rank() over (partition by loss, side, as_of, other_side order by abs(as_of - other_as_of)) = 1
),

first_of_day as (
    select
        loss,
        side,
        as_of,
        arg_min(group_id, (known_at, group_id)) as group_id
    from figures
    group by loss, side, as_of
),

first_of_place as (
    select
        loss,
        side,
        as_of,
        place,
        arg_min(group_id, (known_at, group_id)) as group_id
    from figures
    group by loss, side, as_of, place
),

-- On the nearest day the figure for the same place answers, else the one that the ledger learnt of first; of two days
-- equally near the one with the same place, else the earlier one.
answered as (
    select
        figures.group_id,
        figures.side,
        nearest_days.other_side,
        coalesce(first_of_place.group_id, first_of_day.group_id) as other_group_id
    from figures
    inner join
        nearest_days
        on
            figures.loss = nearest_days.loss
            and figures.side = nearest_days.side
            and figures.as_of = nearest_days.as_of
    inner join
        first_of_day
        on
            nearest_days.loss = first_of_day.loss
            and nearest_days.other_side = first_of_day.side
            and nearest_days.other_as_of = first_of_day.as_of
    left join
        first_of_place
        on
            nearest_days.loss = first_of_place.loss
            and nearest_days.other_side = first_of_place.side
            and nearest_days.other_as_of = first_of_place.as_of
            and figures.place = first_of_place.place
    qualify
        row_number() over (
            partition by figures.group_id, nearest_days.other_side
            order by first_of_place.group_id is null, nearest_days.other_as_of
        ) = 1
),

-- Each of two figures may have found the other: the pair stands once, the party first in the alphabet as side a.
pairs as (
    select distinct
        case when side < other_side then group_id else other_group_id end as group_id_a,
        case when side < other_side then other_group_id else group_id end as group_id_b
    from answered
),

disputes as (
    select
        left(sha256(pairs.group_id_a || ' ' || pairs.group_id_b), 24) as dispute_id,
        a.party,
        a.population,
        a.measure,
        a.category,
        a.subject,
        a.period,
        a.as_of as as_of_a,
        a.side as claimant_party_a,
        a.low as low_a,
        a.high as high_a,
        a.group_id as group_id_a,
        b.as_of as as_of_b,
        b.side as claimant_party_b,
        b.low as low_b,
        b.high as high_b,
        b.group_id as group_id_b,
        cast(abs(a.as_of - b.as_of) as integer) as days_apart,
        b.low - a.low as gap_low,
        {{ ratio('coalesce(a.low, a.high)', 'coalesce(b.low, b.high)') }} as gap_ratio
    from pairs
    inner join figures as a on pairs.group_id_a = a.group_id
    inner join figures as b on pairs.group_id_b = b.group_id
)

select * from disputes
{%- endmacro %}


{# Losses and days up to `days` away from a figure that a changed group tells, or told when `table` of disputes was made
   last. A group that stood in no dispute had no figure of another side near, so nothing hung on it. #}
{% macro days_around_changes(table, claims, days) -%}
    (
        select distinct
            told.loss,
            cast(told.as_of + beside.days as date) as as_of
        from (
            {{ days_told(claims, 'group_id', 'as_of') }}
            union
            {{ days_told(table, 'group_id_a', 'as_of_a') }}
            union
            {{ days_told(table, 'group_id_b', 'as_of_b') }}
        ) as told
        cross join (select cast(unnest(range(-{{ days }}, {{ days }} + 1)) as integer) as days) as beside
    )
{%- endmacro %}


{# What a changed group in the column `group_id` of `relation` tells of, and for which day. #}
{% macro days_told(relation, group_id, as_of) -%}
    select
                {{ loss() }} as loss,
                {{ as_of }} as as_of
            from {{ relation }}
            where {{ as_of }} is not null and {{ group_id }} in {{ changed_keys('group_id') }}
{%- endmacro %}


{# Of `disputes` those made anew: either figure lies so near a change that its nearest may be another now. `table` has
   them as they were made last. #}
{% macro changed_disputes(disputes, table, claims) -%}
    {%- if is_incremental() -%}
        (
            with near as (
                select * from {{ days_around_changes(table, claims, var('dispute_days')) }}
            )

            select disputes.*
            from {{ disputes }} as disputes
            where
                ({{ loss() }}, disputes.as_of_a) in (select (near.loss, near.as_of) from near)
                or ({{ loss() }}, disputes.as_of_b) in (select (near.loss, near.as_of) from near)
        )
    {%- else -%}
        {{ disputes }}
    {%- endif -%}
{%- endmacro %}


{# All that these hang on: their figures, the nearest of those, and what is as near to them. The rows of a group tell
   the same loss and day, until one is corrected: then the row that the ledger learnt of first speaks for it. #}
{% macro claims_around_changes(table, claims) -%}
    {%- if is_incremental() -%}
        (
            select * from {{ claims }}
            where
                ({{ loss() }}, as_of) in (
                    select (near.loss, near.as_of)
                    from {{ days_around_changes(table, claims, 3 * var('dispute_days')) }} as near
                )
                or group_id in (select corrected.group_id from {{ claims }} as corrected where corrected.is_corrected)
        )
    {%- else -%}
        {{ claims }}
    {%- endif -%}
{%- endmacro %}
