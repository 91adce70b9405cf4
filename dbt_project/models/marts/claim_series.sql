{{ config(post_hook="{{ create_as_known(claim_series_at('main.casualty_claims_as_known(t)')) }}") }}

with present as (
    {{ claim_series_at(ref('casualty_claims')) }}
)

select * from present
