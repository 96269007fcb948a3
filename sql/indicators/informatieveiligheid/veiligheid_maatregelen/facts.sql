-- Every security measure with its last assessment at the end of each year, and whether it is in use.
with measured as (
  select least(last_on, $cutoff) as measured_on
  from months
  where extract(month from last_on) = 12
    and make_date(cast(extract(year from last_on) as integer), 1, 1) <= $cutoff
),
ranked as (
  select a.system,
         a.block_code,
         a.municipality_code,
         a.kind,
         a.phase,
         m.measured_on,
         row_number() over (
           partition by a.system, a.block_code, a.municipality_code, m.measured_on
           order by a.assessed_on desc nulls last
         ) as place
  from block_assessments a
  join measured m
    on a.assessed_on <= m.measured_on
  -- after a merger the new municipality is assessed anew
  join regions r
    on r.region_code = a.municipality_code
   and r.valid_from <= a.assessed_on
   and (r.valid_until is null or r.valid_until > m.measured_on)
  where a.kind = 'security_measure'
)
select system,
       block_code,
       municipality_code,
       measured_on as date,
       coalesce(phase in ('adopt', 'innovate', 'standardise'), false) as numerator
from ranked
where place = 1
