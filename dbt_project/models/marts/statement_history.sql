{%- set histories = {
    'casualty_claim': ('claim_id', 'casualty_claim_history'),
    'offer': ('offer_id', 'offer_history'),
    'announcement': ('announcement_id', 'announcement_history')
} %}
-- A view is copied into the edition, whose database has another name: the names in it leave the database out.
with versions as (
    {% for kind, (id, history) in histories.items() %}
        select
            history.{{ id }} as statement_id,
            '{{ kind }}' as kind,
            history.valid_from_at,
            history.valid_to_at,
            history.reason,
            to_json(history) as "row" -- noqa: RF06
        from {{ ref(history).include(database=false) }} as history
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from versions
