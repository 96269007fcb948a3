-- Every residence check with a known outcome, and whether the residence was not confirmed.
select r.system,
       r.case_id,
       r.municipality_code,
       r.checked_on as date,
       r.check_outcome <> 'confirmed' as numerator
from relocations r
where r.checked_on is not null
  and r.check_outcome is not null
