-- depends_on: {{ ref('stg_changed_groups') }}
{{ config(
    materialized='incremental', unique_key='dispute_id',
    post_hook="{{ create_as_known(disputes_at('main.casualty_claims_as_known(t)')) }}"
) }}

with present as (
    {% if is_incremental() %}
        {{ disputes_at(claims_around_changes(this, ref('casualty_claims'))) }}
    {% else %}
        {{ disputes_at(ref('casualty_claims')) }}
    {% endif %}
)

select * from {% if is_incremental() %}{{ changed_disputes('present', this, ref('casualty_claims')) }}{% else %}present{% endif %}
