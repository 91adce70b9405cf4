{{ config(post_hook="{{ create_as_known(statements_at('main.offer_history', at_instant_t())) }}") }}

with present as (
    {{ statements_at(ref('offer_history'), at_present()) }}
)

select * from present
