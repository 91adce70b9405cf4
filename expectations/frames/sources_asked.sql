-- One row per enabled source that answers over the network: days since it last did, or since it was entered. Sources of
-- files bring nothing while their files do not change, so silence says nothing there.
select
    slug,
    name,
    last_success_at,
    date_diff('day', coalesce(last_success_at, cast(entered_on as timestamptz)), getvariable('run_at'))
        as days_without_answer
from sources
where is_enabled and kind in ('feed', 'sitemap', 'pages', 'urls')
order by slug
