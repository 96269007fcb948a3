-- Every complaint that was answered and judged, and whether it was founded.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       k.answered_on as date,
       k.founded as numerator
from cases c
join complaints k
  on k.system = c.system
 and k.case_id = c.case_id
 and k.municipality_code = c.municipality_code
where k.answered_on is not null
  and k.founded is not null
