-- Every report with a due date that was handled or is past that date, and whether it was handled in time.
select system,
       case_id,
       municipality_code,
       place_code,
       category,
       channel,
       -- late is late from the day after the due date on; on the due date itself, from the moment of handling
       case when in_time then closed_on
            else least(closed_on, cast(due_on + interval '1 day' as date))
       end as date,
       coalesce(in_time, false) as numerator
from report_cases
where in_time is not null
   or due_on < $cutoff
