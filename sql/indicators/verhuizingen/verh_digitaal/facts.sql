-- Every declaration of a change of address with a known channel, and whether it came in digitally.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.received_on as date,
       c.channel = 'digital' as numerator
from cases c
join relocations r
  on r.system = c.system
 and r.case_id = c.case_id
 and r.municipality_code = c.municipality_code
where c.channel <> 'unknown'
