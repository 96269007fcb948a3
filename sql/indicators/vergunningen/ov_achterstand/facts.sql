-- Every permit case that went past its due date, from the day after that date until it was decided or closed.
with late_cases as (
  select system,
         case_id,
         municipality_code,
         place_code,
         procedure,
         channel,
         cast(due_on + interval '1 day' as date) as from_on,
         least(decided_on, closed_on) as until_on
  from permit_cases
  where due_on is not null
)
select system,
       case_id,
       municipality_code,
       place_code,
       procedure,
       channel,
       from_on,
       until_on
from late_cases
where until_on is null
   or until_on > from_on
