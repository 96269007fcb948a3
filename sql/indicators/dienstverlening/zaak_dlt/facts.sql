-- Every closed case with the time elapsed between its submission and its closing, dated on the day of closing.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       closed_on as date,
       closed_at - received_at as value
from cases
where closed_on is not null
  and closed_at is not null
  and received_at is not null
