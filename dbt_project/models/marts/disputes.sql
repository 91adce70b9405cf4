-- depends_on: {{ ref('stg_changed_groups') }}
{{ config(
    materialized='incremental', unique_key='dispute_id',
    post_hook="{{ create_as_known(disputes_at('main.casualty_claims_as_known(t)')) }}"
) }}

with present as (
    {{ disputes_at(claims_around_changes(this, ref('casualty_claims'))) }}
)

select * from {{ changed_disputes('present', this, ref('casualty_claims')) }}
