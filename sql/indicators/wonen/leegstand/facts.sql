-- Every dwelling on the vacancy register at the end of each year on one side; on the other the dwellings there are, in municipalities
-- that keep a register.
with measured as (
  select least(last_on, $cutoff) as measured_on
  from months
  where extract(month from last_on) = 12
    and make_date(cast(extract(year from last_on) as integer), 1, 1) <= $cutoff
),
registers as (
  select municipality_code,
         registered_on
  from vacancy_register
  union all
  select h.to_code as municipality_code,
         v.registered_on
  from vacancy_register v
  join region_changes h
    on h.from_code = v.municipality_code
   and h.kind <> 'parent'
),
kept as (
  select municipality_code,
         min(registered_on) as since_on
  from registers
  group by municipality_code
)
select v.municipality_code,
       v.place_code,
       'numerator' as side,
       m.measured_on as date,
       cast(1 as decimal(18, 6)) as value
from vacancy_register v
join measured m
  on v.registered_on <= m.measured_on
 and (v.removed_on is null or v.removed_on > m.measured_on)
where coalesce(v.kind, 'dwelling') = 'dwelling'
union all
select s.region_code as municipality_code,
       cast(null as varchar) as place_code,
       'denominator' as side,
       s.period_start as date,
       s.value
from statistics s
join kept k
  on k.municipality_code = s.region_code
 and extract(year from k.since_on) <= extract(year from s.period_start)
where s.measure = 'dwellings'
  and s.category = 'total'
  and s.period_kind = 'day'
