-- What does last night's edition tell that the ledger had not heard before, and which entries are gone?
with before as (
    select * from timeline_as_known((select known_at - interval 1 microsecond from edition))
)

select
    case when before.entry_id is null then 'new' else 'gone' end as change,
    coalesce(timeline.kind, before.kind) as kind,
    coalesce(timeline.happened_on, before.happened_on) as happened_on,
    coalesce(timeline.headline, before.headline) as headline,
    coalesce(timeline.url, before.url) as url
from timeline
full outer join before on timeline.entry_id = before.entry_id
where timeline.entry_id is null or before.entry_id is null
order by change, kind, happened_on, headline, url
