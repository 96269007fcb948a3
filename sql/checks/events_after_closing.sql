-- Something still happened in a case that was closed and never reopened: the closing date is too early, or the event is wrong.
select events.system,
       events.case_id,
       events.municipality_code,
       events.event_no,
       events.occurred_on,
       cases.closed_on
from events
join cases
  on cases.system = events.system
 and cases.case_id = events.case_id
 and cases.municipality_code = events.municipality_code
where events.occurred_on > cases.closed_on
  and not coalesce(cases.reopened, false)
