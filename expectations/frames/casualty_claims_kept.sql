-- One row: how many rows there are, how many the last edition had, and the share that is gone (0 below five rows: a
-- small table wavers). `lost_by_same_extractor` is unknown where the extractor versions behind the rows differ: a
-- new extractor may rightly drop rows, which `lost_by_new_extractor` tells. `density_times` sets the claims per article
-- beside those of the last edition; unknown while that held fewer than 50 claims.
with counted as (
    select
        (select count(*) from casualty_claims) as rows_now,
        (select count(*) from previous.casualty_claims) as rows_before,
        (select count(*) from articles) as articles_now,
        (select count(*) from previous.articles) as articles_before,
        (select list(distinct extractor_version order by extractor_version) from casualty_claims) as versions_now,
        (select list(distinct extractor_version order by extractor_version) from previous.casualty_claims)
            as versions_before
),

shared as (
    select
        *,
        case when rows_before - rows_now >= 5 then (rows_before - rows_now) / rows_before else 0 end as lost_share
    from counted
)

select
    'casualty_claims' as scope,
    rows_now,
    rows_before,
    articles_now,
    articles_before,
    case when rows_now = 0 or versions_now = versions_before then lost_share end as lost_by_same_extractor,
    case when rows_now > 0 and versions_now != versions_before then lost_share end as lost_by_new_extractor,
    case
        when rows_before >= 50 and articles_now > 0
            then (rows_now / articles_now) / (rows_before / articles_before)
    end as density_times
from shared
