-- Every case, open from the day it was submitted until the day it was closed.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       received_on as from_on,
       closed_on as until_on
from cases
