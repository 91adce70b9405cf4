select
    source,
    day_on
from {{ ref('source_days') }}
group by source, day_on
having count(*) > 1
