-- Different sides in the order of the alphabet, days no further apart than the window, gaps that the bounds give.
select dispute_id
from {{ ref('disputes') }}
where
    claimant_party_a >= claimant_party_b
    or group_id_a = group_id_b
    or days_apart != abs(as_of_a - as_of_b)
    or days_apart > {{ var('dispute_days') }}
    or gap_low is distinct from low_b - low_a
    or gap_ratio < 1
