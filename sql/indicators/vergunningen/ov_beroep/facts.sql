-- Every permit decision, and whether an appeal against it was filed by now.
select system,
       case_id,
       municipality_code,
       place_code,
       outcome,
       decided_on as date,
       coalesce(appealed_on <= $cutoff, false) as numerator
from permit_cases
where decided_on is not null
  and coalesce(outcome, '') not in ('withdrawn', 'deemed_refused', 'deemed_granted')
