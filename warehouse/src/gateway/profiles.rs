//! gateway/profiles: what deliveries look like as a whole: their profiles, and what is odd about them.

use std::collections::BTreeMap;

use super::Gateway;
use crate::arrivals;
use crate::error::Result;
use crate::principal::{Municipalities, Principal};
use crate::profile::TableProfile;
use crate::quality::StoredFinding;
use crate::store::profiles;

impl Gateway {
    /// Findings about deliveries as a whole, as each was read last; newest first. Only for who sees every municipality.
    pub async fn alarms(&self, principal: &Principal) -> Result<Vec<StoredFinding>> {
        if principal.municipalities != Municipalities::All {
            return Ok(Vec::new());
        }
        let (_, session) = self.now().await?;
        let mut last: BTreeMap<(String, String), i64> = BTreeMap::new();
        for d in arrivals::deliveries(&session).await? {
            last.insert((d.source_id, d.delivery), d.batch);
        }
        let mut found = arrivals::alarms(&session).await?;
        found.retain(|f| last.get(&(f.source_id.clone(), f.delivery.clone())) == Some(&f.batch));
        found.reverse();
        Ok(found)
    }

    /// The profile of a delivery as it was read last, by source; empty where none was kept.
    pub async fn profile(
        &self,
        principal: &Principal,
        delivery: &str,
    ) -> Result<BTreeMap<String, Vec<TableProfile>>> {
        if principal.municipalities != Municipalities::All {
            return Ok(BTreeMap::new());
        }
        let (pack, session) = self.now().await?;
        // Readings come in order of batch, so the last stands.
        let mut found = BTreeMap::new();
        for ((source, of, _), tables) in profiles::read(&session).await? {
            if of == delivery {
                found.insert(source, tables);
            }
        }
        for table in found.values_mut().flatten() {
            let contract = pack.contracts.get(&table.table);
            let place = |name: &str| contract.and_then(|c| c.columns.get_index_of(name));
            table.columns.sort_by_key(|c| place(&c.column));
        }
        Ok(found)
    }
}
