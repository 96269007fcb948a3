-- Rows that extend a case which is not there (any more), or is one of another municipality: they count nowhere, or count without what the case would say.
select rows_of_cases.table_name,
       rows_of_cases.system,
       rows_of_cases.case_id,
       rows_of_cases.municipality_code
from (
    select 'events' as table_name, system, case_id, municipality_code from events
    union all
    select 'phases' as table_name, system, case_id, municipality_code from phases
    union all
    select 'relocations' as table_name, system, case_id, municipality_code from relocations
    union all
    select 'certificates' as table_name, system, case_id, municipality_code from certificates
    union all
    select 'complaints' as table_name, system, case_id, municipality_code from complaints
    union all
    select 'reports' as table_name, system, case_id, municipality_code from reports
) rows_of_cases
left join cases
  on cases.system = rows_of_cases.system
 and cases.case_id = rows_of_cases.case_id
 and cases.municipality_code = rows_of_cases.municipality_code
where cases.case_id is null
