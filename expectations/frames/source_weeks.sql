-- One row per source: its last seven days up to the newest day of any source.
with newest as (
    select max(day_on) as day_on from source_days
)

select
    d.source,
    sum(d.captures) as captures,
    sum(d.rejections) as rejections,
    sum(d.failures) as failures,
    -- below ten tries a share says nothing
    case when sum(d.captures) >= 10 then sum(d.rejections) / sum(d.captures) end as rejected_share,
    case when sum(d.captures + d.failures) >= 10 then sum(d.failures) / sum(d.captures + d.failures) end
        as failed_share,
    max_by(d.is_quiet, d.day_on) as is_quiet,
    max_by(d.is_suspect, d.day_on) as is_suspect
from source_days as d
inner join newest as n on d.day_on > n.day_on - 7
group by d.source
order by d.source
