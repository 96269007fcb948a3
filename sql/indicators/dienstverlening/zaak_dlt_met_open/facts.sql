-- Every case, dated on the day it was submitted, with the days until it was closed; of an open one the days so far.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       received_on as date,
       calendar_days(received_on, least(closed_on, cast($cutoff as date))) as value,
       coalesce(closed_on <= $cutoff, false) as ended
from cases
