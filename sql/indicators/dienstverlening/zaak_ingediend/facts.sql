-- Every case, dated on the day it was submitted.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       received_on as date
from cases
