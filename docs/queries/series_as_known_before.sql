-- Which points of a running count read otherwise, or not at all, just before the newest load?
with before as (
    select * from claim_series_as_known((select known_at - interval 1 microsecond from edition))
)

select
    series.claimant_party,
    series.party as whose_loss,
    series.population,
    series.measure,
    series.category,
    series.as_of,
    before.low as low_before,
    before.high as high_before,
    series.low,
    series.high
from claim_series as series
left join before
    on
        series.claimant_party is not distinct from before.claimant_party
        and series.party is not distinct from before.party
        and series.population is not distinct from before.population
        and series.measure = before.measure
        and series.category = before.category
        and series.subject is not distinct from before.subject
        and series.period = before.period
        and series.as_of = before.as_of
where
    before.as_of is null
    or series.low is distinct from before.low
    or series.high is distinct from before.high
order by series.as_of, series.claimant_party, whose_loss, series.category, series.measure, series.population
