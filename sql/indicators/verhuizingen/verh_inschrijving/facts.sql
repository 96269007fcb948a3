-- Every registration after a declaration of a change of address, with the calendar days in between.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.channel,
       r.registered_on as date,
       calendar_days(c.received_on, r.registered_on) as value
from cases c
join relocations r
  on r.system = c.system
 and r.case_id = c.case_id
 and r.municipality_code = c.municipality_code
where r.registered_on >= c.received_on
