-- Every case, and whether the channel it came in by is unknown.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       received_on as date,
       channel = 'unknown' as numerator
from cases
