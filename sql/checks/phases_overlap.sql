-- Two different phases of one case that run at the same time: days would count twice. A phase may end on the day the next starts.
select earlier.system,
       earlier.case_id,
       earlier.municipality_code,
       earlier.interval_no,
       later.interval_no as overlaps_no
from phases earlier
join phases later
  on later.system = earlier.system
 and later.case_id = earlier.case_id
 and later.municipality_code = earlier.municipality_code
 and later.interval_no > earlier.interval_no
where earlier.phase <> later.phase
  and later.started_on < coalesce(earlier.ended_on, $cutoff)
  and earlier.started_on < coalesce(later.ended_on, $cutoff)
