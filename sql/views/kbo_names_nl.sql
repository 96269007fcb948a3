-- One name for each enterprise, establishment and branch of the KBO: its name rather than a trade name or abbreviation, in Dutch
-- rather than in another language.
with ranked as (
  select entity_number,
         denomination,
         row_number() over (
           partition by entity_number
           order by case denomination_type when '001' then 0 when '004' then 1 when '003' then 2 else 3 end,
                    case language when '2' then 0 when '0' then 1 else 2 end,
                    language,
                    denomination
         ) as place
  from kbo_denominations
)
select entity_number,
       denomination as name
from ranked
where place = 1
