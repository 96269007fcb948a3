-- Every case with a known number of supplements asked for, dated on the day it was submitted.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       received_on as date,
       cast(supplement_count as bigint) as value
from cases
where supplement_count is not null
