{{ config(post_hook="{{ create_as_known(disputes_at('main.casualty_claims_as_known(t)')) }}") }}

with present as (
    {{ disputes_at(ref('casualty_claims')) }}
)

select * from present
