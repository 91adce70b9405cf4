-- A page has exactly one latest revision, and its revisions count from 1 without a gap.
select canonical_url
from {{ ref('articles') }}
group by canonical_url
having count(*) filter (where is_latest) != 1 or min(revision) != 1 or max(revision) != count(*)
