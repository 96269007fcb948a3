-- Every permit case that ended, and whether it was refused by silence.
select system,
       case_id,
       municipality_code,
       place_code,
       procedure,
       channel,
       coalesce(decided_on, closed_on) as date,
       coalesce(outcome = 'deemed_refused', false) as numerator
from permit_cases
where coalesce(decided_on, closed_on) is not null
  and coalesce(procedure, '') <> 'notification'
