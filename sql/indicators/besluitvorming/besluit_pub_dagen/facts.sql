-- Every published decision list, with the calendar days since the meeting.
select system,
       meeting_id,
       municipality_code,
       body,
       published_on as date,
       calendar_days(met_on, published_on) as value
from decision_lists
where published_on is not null
