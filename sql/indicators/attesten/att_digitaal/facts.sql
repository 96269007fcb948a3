-- Every request for a certificate with a known channel, and whether it came in digitally.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.product_code,
       c.received_on as date,
       c.channel = 'digital' as numerator
from cases c
join certificates a
  on a.system = c.system
 and a.case_id = c.case_id
 and a.municipality_code = c.municipality_code
where c.channel <> 'unknown'
