{{ config(post_hook="{{ create_as_known(articles_at('main.article_history', published_texts(), at_instant_t())) }}") }}

with present as (
    {{ articles_at(ref('article_history'), ref('int_articles__worded'), at_present()) }}
)

select * from present
