-- Every case with a known channel, dated on the day it was submitted, and whether it came in digitally.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       received_on as date,
       channel = 'digital' as numerator
from cases
where channel <> 'unknown'
