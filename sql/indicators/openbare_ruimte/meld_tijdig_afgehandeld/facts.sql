-- Every report with a due date that was handled, and whether that was in time.
select system,
       case_id,
       municipality_code,
       place_code,
       category,
       channel,
       closed_on as date,
       in_time as numerator
from report_cases
where in_time is not null
