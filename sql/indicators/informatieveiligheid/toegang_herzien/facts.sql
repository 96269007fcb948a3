-- Every access in force at the end of each year, and whether it was granted or reviewed in the year before.
with measured as (
  select least(last_on, $cutoff) as measured_on
  from months
  where extract(month from last_on) = 12
    and make_date(cast(extract(year from last_on) as integer), 1, 1) <= $cutoff
)
select a.system,
       a.mandate_id,
       a.municipality_code,
       a.theme,
       m.measured_on as date,
       coalesce(
         calendar_days(a.valid_from, m.measured_on) <= 365
         or (a.reviewed_on <= m.measured_on and calendar_days(a.reviewed_on, m.measured_on) <= 365),
         false
       ) as numerator
from mandates a
join measured m
  on a.valid_from <= m.measured_on
 and (a.valid_until is null or a.valid_until > m.measured_on)
