{{ config(
    materialized='incremental', unique_key='entry_id',
    post_hook="{{ create_as_known(timeline_at('main.casualty_claims_as_known(t)', 'main.offers_as_known(t)',
    'main.announcements_as_known(t)', 'main.articles', 'main.parties')) }}"
) }}

with present as (
    {{ timeline_at(
        changed_rows(ref('casualty_claims'), 'group_id'),
        changed_rows(ref('offers'), 'group_id'),
        changed_rows(ref('announcements'), 'group_id'),
        ref('articles'),
        ref('parties')
    ) }}
)

select * from present
