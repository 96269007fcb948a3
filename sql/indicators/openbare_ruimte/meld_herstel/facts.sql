-- Every report on public space that was handled, with the calendar days since it was made.
select system,
       case_id,
       municipality_code,
       place_code,
       category,
       channel,
       closed_on as date,
       calendar_days(received_on, closed_on) as value
from report_cases
where closed_on is not null
