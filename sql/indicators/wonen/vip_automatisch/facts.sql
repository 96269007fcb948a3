-- Every delivered request for property information, and whether all data came from registers automatically.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.channel,
       c.delivered_on as date,
       v.automatic as numerator
from cases c
join property_information v
  on v.system = c.system
 and v.case_id = c.case_id
 and v.municipality_code = c.municipality_code
where c.delivered_on is not null
  and v.automatic is not null
