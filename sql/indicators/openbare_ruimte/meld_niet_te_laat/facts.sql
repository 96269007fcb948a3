-- Every report, and whether it is not late: handled in time, still within its due date, or without one.
select system,
       case_id,
       municipality_code,
       place_code,
       category,
       channel,
       received_on as date,
       coalesce(in_time, not coalesce(due_on < $cutoff and closed_on is null, false)) as numerator
from report_cases
