{{ config(
    materialized='incremental', unique_key='article_id',
    post_hook="{{ create_as_known(articles_at('main.article_history', at_instant_t())) }}"
) }}

with present as (
    {{ articles_at(
        changed_rows(ref('article_history'), 'article_id'),
        at_present(),
        worded(changed_rows(ref('int_articles__versioned'), 'article_id'))
    ) }}
)

select * from present
