-- Every decision in the simplified permit procedure, with the calendar days from the start of the term to the decision.
select system,
       case_id,
       municipality_code,
       place_code,
       channel,
       decided_on as date,
       calendar_days(start_on, decided_on) as value
from permit_decisions
where procedure = 'simplified'
  and decided_on >= start_on
