-- Every closing of a case on one side and every submission on the other, each dated on its own day.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       'numerator' as side,
       closed_on as date,
       cast(1 as bigint) as value
from cases
where closed_on is not null
union all
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       'denominator' as side,
       received_on as date,
       cast(1 as bigint) as value
from cases
