-- Every case on the last day of each month on which it was open, with its age in calendar days.
with measured as (
  select system,
         case_id,
         municipality_code,
         place_code,
         product_code,
         channel,
         received_on,
         closed_on,
         unnest(month_ends(received_on, least(coalesce(closed_on, $cutoff), $cutoff))) as measured_on
  from cases
)
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       measured_on as date,
       calendar_days(received_on, measured_on) as value
from measured
where closed_on is null
   or closed_on > measured_on
