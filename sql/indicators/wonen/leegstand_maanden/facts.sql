-- Every dwelling on the vacancy register at the end of each year, with the whole months it has been on it.
with measured as (
  select least(last_on, $cutoff) as measured_on
  from months
  where extract(month from last_on) = 12
    and make_date(cast(extract(year from last_on) as integer), 1, 1) <= $cutoff
)
select v.system,
       v.entry_id,
       v.municipality_code,
       v.place_code,
       m.measured_on as date,
       cast(extract(year from m.measured_on) as bigint) * 12 + cast(extract(month from m.measured_on) as bigint)
         - cast(extract(year from v.registered_on) as bigint) * 12 - cast(extract(month from v.registered_on) as bigint)
         - case when extract(day from m.measured_on) < extract(day from v.registered_on) then 1 else 0 end as value
from vacancy_register v
join measured m
  on v.registered_on <= m.measured_on
 and (v.removed_on is null or v.removed_on > m.measured_on)
where coalesce(v.kind, 'dwelling') = 'dwelling'
