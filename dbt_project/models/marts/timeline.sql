{{ config(post_hook="{{ create_as_known(timeline_at('main.casualty_claims_as_known(t)', 'main.offers_as_known(t)',
    'main.announcements_as_known(t)', 'main.articles', 'main.parties')) }}") }}

with present as (
    {{ timeline_at(
        ref('casualty_claims'), ref('offers'), ref('announcements'), ref('articles'), ref('parties')
    ) }}
)

select * from present
