-- Every certificate delivered, and whether it came without staff action and within an hour.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.product_code,
       c.channel,
       c.delivered_on as date,
       a.automatic and coalesce(c.delivered_at <= c.received_at + interval '1 hour', false) as numerator
from cases c
join certificates a
  on a.system = c.system
 and a.case_id = c.case_id
 and a.municipality_code = c.municipality_code
where c.delivered_on is not null
  and a.automatic is not null
  and (not a.automatic or (c.delivered_at is not null and c.received_at is not null))
