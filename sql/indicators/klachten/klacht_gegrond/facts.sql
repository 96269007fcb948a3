-- Every complaint that was answered and judged, and whether it was founded.
select system,
       case_id,
       municipality_code,
       answered_on as date,
       founded as numerator
from complaints
where answered_on is not null
  and founded is not null
