-- Every permit application whose completeness was examined, and whether it was complete without a supplement.
select system,
       case_id,
       municipality_code,
       place_code,
       procedure,
       channel,
       received_on as date,
       complete_on is not null and supplement_count = 0 as numerator
from permit_cases
where supplement_count is not null
  and (complete_on is not null or supplement_count > 0)
