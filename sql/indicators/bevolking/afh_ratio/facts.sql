-- The residents on 1 January by age: the young and the old on one side, those of working age on the other.
with ages as (
  select region_code,
         reference_on,
         persons,
         -- an age is written 7, a group 0-14, and the last one 65+: the first and the last year of each, in three digits
         lpad(case when strpos(age_band, '-') > 0 then substr(age_band, 1, strpos(age_band, '-') - 1)
                   else replace(age_band, '+', '') end, 3, '0') as first_age,
         case when strpos(age_band, '+') > 0 then '999'
              else lpad(substr(age_band, strpos(age_band, '-') + 1), 3, '0') end as last_age
  from residents
  where sex = 'total'
    and age_band <> 'total'
    and extract(month from reference_on) = 1
    and extract(day from reference_on) = 1
)
select region_code as municipality_code,
       'numerator' as side,
       reference_on as date,
       persons as value
from ages
where (first_age between '000' and '014' and last_age between '000' and '014')
   or (first_age between '065' and '199' and last_age between '065' and '999')
union all
select region_code as municipality_code,
       'denominator' as side,
       reference_on as date,
       persons as value
from ages
where first_age between '015' and '064'
  and last_age between '015' and '064'
