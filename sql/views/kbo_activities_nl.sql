-- Activities of enterprises and establishments in the KBO with the Dutch texts of their codes, in every version of NACE: choose one.
with texts as (
  select category, code, description
  from kbo_codes
  where language = 'NL'
)
select a.entity_number,
       a.nace_version,
       a.nace_code,
       nace.description as nace_text,
       a.classification,
       kind.description as classification_text,
       a.activity_group,
       source.description as activity_group_text
from kbo_activities a
left join texts nace on nace.category = concat('Nace', a.nace_version) and nace.code = a.nace_code
left join texts kind on kind.category = 'Classification' and kind.code = a.classification
left join texts source on source.category = 'ActivityGroup' and source.code = a.activity_group
