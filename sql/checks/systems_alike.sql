-- Two systems that gave a municipality nearly the same cases in a year: of each, at least 19 in 20 have one of the other beside
-- them on the same day, for the same product, through the same channel. Two systems with work of their own are not so alike.
with several as (
    select municipality_code
    from cases
    group by municipality_code
    having min(system) <> max(system)
),
days as (
    select cases.municipality_code,
           cases.system,
           date_part('year', cases.received_on) as year,
           cases.received_on,
           coalesce(cases.product_code, '') as product_code,
           cases.channel,
           count(*) as n
    from cases
    join several
      on several.municipality_code = cases.municipality_code
    group by cases.municipality_code, cases.system, cases.received_on, coalesce(cases.product_code, ''), cases.channel
),
years as (
    select municipality_code, system, year, sum(n) as n
    from days
    group by municipality_code, system, year
),
alike as (
    select one.municipality_code,
           one.system,
           other.system as other_system,
           one.year,
           sum(least(one.n, other.n)) as n
    from days one
    join days other
      on other.municipality_code = one.municipality_code
     and other.received_on = one.received_on
     and other.product_code = one.product_code
     and other.channel = one.channel
     and other.system > one.system
    group by one.municipality_code, one.system, other.system, one.year
)
select alike.municipality_code,
       alike.system,
       alike.other_system,
       alike.year,
       alike.n
from alike
join years one
  on one.municipality_code = alike.municipality_code
 and one.system = alike.system
 and one.year = alike.year
join years other
  on other.municipality_code = alike.municipality_code
 and other.system = alike.other_system
 and other.year = alike.year
where alike.n >= 20
  and alike.n * 20 >= one.n * 19
  and alike.n * 20 >= other.n * 19
