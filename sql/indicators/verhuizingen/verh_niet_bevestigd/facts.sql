-- Every residence check with a known outcome, and whether the residence was not confirmed.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       r.checked_on as date,
       r.check_outcome <> 'confirmed' as numerator
from cases c
join relocations r
  on r.system = c.system
 and r.case_id = c.case_id
 and r.municipality_code = c.municipality_code
where r.checked_on is not null
  and r.check_outcome is not null
