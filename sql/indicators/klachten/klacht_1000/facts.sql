-- Every first-line complaint, dated on the day it was filed.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.product_code,
       c.channel,
       c.received_on as date
from cases c
join complaints k
  on k.system = c.system
 and k.case_id = c.case_id
 and k.municipality_code = c.municipality_code
