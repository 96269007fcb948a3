-- Every certificate or extract delivered, with the time elapsed between request and delivery.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.product_code,
       c.channel,
       c.delivered_on as date,
       c.delivered_at - c.received_at as value
from cases c
join certificates a
  on a.system = c.system
 and a.case_id = c.case_id
 and a.municipality_code = c.municipality_code
where c.delivered_on is not null
  and c.delivered_at is not null
  and c.received_at is not null
