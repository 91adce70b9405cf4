{%- set kinds = {
    'casualty_claim': ref('stg_casualty_claims'), 'offer': ref('stg_offers'), 'announcement': ref('stg_announcements')
} -%}
with united as (
    {% for kind, statements in kinds.items() %}
        select
            '{{ kind }}' as kind,
            source,
            log_position,
            ordinal,
            statement_id,
            quote,
            quote_prefix,
            quote_suffix,
            char_start,
            char_end,
            rule
        from {{ statements }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from united
