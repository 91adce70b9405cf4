-- What was lost on the way from listing to table, by stage and reason, and at which sources?
select
    stage,
    reason,
    count(*) as refused,
    list(distinct source order by source) as sources
from rejections
group by stage, reason
order by refused desc, stage asc, reason asc
