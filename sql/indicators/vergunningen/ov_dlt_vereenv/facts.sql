-- Every decision in the simplified permit procedure, with the calendar days from the start of the term to the decision.
with decisions as (
  select system,
         case_id,
         municipality_code,
         place_code,
         channel,
         decided_on,
         -- without a recorded start the term starts 30 days after the submission
         coalesce(term_start_on, cast(received_on + interval '30 days' as date)) as start_on
  from permit_cases
  where procedure = 'simplified'
    and decided_on is not null
    and coalesce(outcome, '') not in ('withdrawn', 'deemed_refused', 'deemed_granted')
)
select system,
       case_id,
       municipality_code,
       place_code,
       channel,
       decided_on as date,
       calendar_days(start_on, decided_on) as value
from decisions
where decided_on >= start_on
