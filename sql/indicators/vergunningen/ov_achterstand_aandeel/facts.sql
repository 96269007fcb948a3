-- Every permit case on the last day of each month on which it waited for a decision, and whether it was past its due date.
with measured as (
  select first_on,
         least(last_on, $cutoff) as measured_on
  from months
  where first_on <= $cutoff
    and last_on >= (select min(received_on) from permit_cases)
)
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.procedure,
       c.channel,
       m.measured_on as date,
       coalesce(c.due_on < m.measured_on, false) as numerator
from permit_cases c
join measured m
  on m.measured_on >= c.received_on
 and (c.decided_on is null or c.decided_on > m.measured_on)
 and (c.closed_on is null or c.closed_on > m.measured_on)
