{{ config(
    materialized='incremental', unique_key='group_id',
    post_hook="{{ create_as_known(statements_at('main.announcement_history', at_instant_t())) }}"
) }}

with present as (
    {{ statements_at(changed_rows(ref('announcement_history'), 'group_id'), at_present()) }}
)

select * from present
