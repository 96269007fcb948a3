-- Permits without a decision more than a year past their due date, and not closed: more likely forgotten in the file than in the office.
select system,
       case_id,
       municipality_code,
       due_on
from permit_cases
where decided_on is null
  and closed_on is null
  and calendar_days(due_on, $cutoff) > 365
