-- Every permit case on the last day of each month on which it waited for a decision, and whether it was past its due date.
with measured as (
  select system,
         case_id,
         municipality_code,
         place_code,
         procedure,
         channel,
         due_on,
         decided_on,
         closed_on,
         unnest(month_ends(received_on, least(coalesce(closed_on, $cutoff), $cutoff))) as measured_on
  from permit_cases
)
select system,
       case_id,
       municipality_code,
       place_code,
       procedure,
       channel,
       measured_on as date,
       coalesce(due_on < measured_on, false) as numerator
from measured
where (decided_on is null or decided_on > measured_on)
  and (closed_on is null or closed_on > measured_on)
