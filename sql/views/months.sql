-- Every month from 1990 to 2089, with its first and last day: for what is measured at the end of each month or year.
with digits as (
  select n
  from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as t(n)
),
firsts as (
  select make_date(1990 + 10 * tens.n + ones.n, m.month, 1) as first_on
  from digits tens
  cross join digits ones
  cross join (values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) as m(month)
)
select first_on,
       cast(lead(first_on, 1, date '2090-01-01') over (order by first_on) + interval '-1 day' as date) as last_on
from firsts
