-- Every case with an address, and whether that address is in the address register and current.
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.product_code,
       c.received_on as date,
       coalesce(a.address_status = 'current', false) as numerator
from cases c
join case_addresses a
  on a.system = c.system
 and a.case_id = c.case_id
 and a.municipality_code = c.municipality_code
