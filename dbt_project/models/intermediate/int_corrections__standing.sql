{{ config(materialized='table') }}

with corrections as (
    select * from {{ ref('stg_statement_corrected') }}
),

made as (
    select * from corrections
    where action != 'undo'
),

undone as (
    select
        undone_id,
        known_at
    from corrections
    where action = 'undo'
),

instants as (
    select distinct
        statement_id,
        known_at
    from corrections
),

-- Of several corrections of one field the last one that was not taken back stands.
standing as (
    select
        instants.statement_id,
        instants.known_at,
        made.log_position,
        made.action,
        made.field,
        made.new_value,
        made.reason
    from instants
    inner join
        made
        on instants.statement_id = made.statement_id and instants.known_at >= made.known_at
    left join undone on made.event_id = undone.undone_id and instants.known_at >= undone.known_at
    where undone.undone_id is null
    qualify
        row_number() over (
            partition by instants.statement_id, instants.known_at, made.action, made.field
            order by made.log_position desc
        ) = 1
),

states as (
    select
        instants.statement_id,
        instants.known_at as valid_from_at,
        map_from_entries(
            list({ 'k': standing.field, 'v': standing.new_value } order by standing.field)
            filter (standing.action = 'set')
        ) as fixes,
        arg_max(standing.reason, standing.log_position) filter (standing.action = 'set') as reason,
        coalesce(bool_or(standing.action = 'reject'), false) as is_rejected
    from instants
    left join
        standing
        on instants.statement_id = standing.statement_id and instants.known_at = standing.known_at
    group by instants.statement_id, instants.known_at
    union all by name
    select distinct
        statement_id,
        cast('epoch' as timestamptz) as valid_from_at,
        false as is_rejected
    from instants
),

-- Undoing what did not stand changes nothing.
changed as (
    select * from states
    qualify
        valid_from_at = 'epoch'
        or row(fixes, reason, is_rejected) is distinct from lag(row(fixes, reason, is_rejected)) over (
            partition by statement_id order by valid_from_at
        )
),

dated as (
    select
        *,
        lead(valid_from_at) over (partition by statement_id order by valid_from_at) as valid_to_at
    from changed
)

select * from dated
