-- One row: how many rows there are, how many the last edition had, and the share that is gone (0 below five rows: a
-- small table wavers).
with counted as (
    select
        (select count(*) from articles) as rows_now,
        (select count(*) from previous.articles) as rows_before
)

select
    'articles' as scope,
    rows_now,
    rows_before,
    case when rows_before - rows_now >= 5 then (rows_before - rows_now) / rows_before else 0 end as lost_share
from counted
