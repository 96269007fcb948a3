-- Every case on the last day of each month on which it was open, and whether it was past its due date without a decision.
with measured as (
  select system,
         case_id,
         municipality_code,
         place_code,
         product_code,
         channel,
         due_on,
         decided_on,
         closed_on,
         unnest(month_ends(received_on, least(coalesce(closed_on, $cutoff), $cutoff))) as measured_on
  from cases
)
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       measured_on as date,
       coalesce(due_on < measured_on, false)
         and (decided_on is null or decided_on > measured_on) as numerator
from measured
where closed_on is null
   or closed_on > measured_on
