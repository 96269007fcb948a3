-- Every permit case that was decided by the authority itself, with the day on which its term began.
select system,
       case_id,
       municipality_code,
       place_code,
       procedure,
       channel,
       decided_on,
       -- without a recorded start the term starts 30 days after the submission
       coalesce(term_start_on, cast(received_on + interval '30 days' as date)) as start_on
from permit_cases
where decided_on is not null
  and coalesce(outcome, '') not in ('withdrawn', 'deemed_refused', 'deemed_granted')
