-- Every decision in the ordinary permit procedure, and whether its term had been extended.
select system,
       case_id,
       municipality_code,
       place_code,
       channel,
       decided_on as date,
       extension_days > 0 as numerator
from permit_cases
where procedure = 'ordinary'
  and decided_on is not null
  and extension_days is not null
  and coalesce(outcome, '') not in ('withdrawn', 'deemed_refused', 'deemed_granted')
