-- In which weeks did the sides contradict each other most?
select
    cast(date_trunc('week', as_of_a) as date) as week_from,
    count(*) as disputes,
    count(*) filter (gap_ratio >= 2) as disputes_twofold_or_more,
    round(median(gap_ratio), 2) as median_ratio,
    round(max(gap_ratio), 2) as greatest_ratio
from disputes
group by week_from
order by disputes_twofold_or_more desc, greatest_ratio desc, week_from asc
