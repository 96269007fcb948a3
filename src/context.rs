//! context: the project and warehouse a verb works on.

use std::path::PathBuf;
use std::sync::Arc;

use beleidsinfo_warehouse::Result;
use beleidsinfo_warehouse::attempts::Trigger;
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::location::Location;
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::project::Project;
use beleidsinfo_warehouse::warehouse::{CLOCK_WAS_AHEAD, Warehouse};

use crate::keys;
use crate::report::Problems;

/// Where the verb was asked to work, and by whom.
pub struct At {
    pub project: PathBuf,
    pub trigger: Trigger,
}

impl At {
    /// A project that a person works on.
    pub fn hand(project: PathBuf) -> Self {
        Self {
            project,
            trigger: Trigger::Hand,
        }
    }

    /// Whether there is a project at all.
    pub fn is_there(&self) -> bool {
        self.project
            .join(beleidsinfo_warehouse::project::FILE)
            .exists()
    }

    pub fn project(&self) -> Result<Project> {
        Project::open(&self.project)
    }

    /// The project, its definitions and its warehouse.
    pub async fn open(&self) -> Result<(Project, Pack, Arc<Warehouse>), Problems> {
        let project = self.project()?;
        let location = Location::parse(&project.settings.warehouse, &project.folder)?;
        self.open_at(project, location).await
    }

    /// The same to look into: where no warehouse was made yet, none is made, and an empty one stands in for it.
    pub async fn look(&self) -> Result<(Project, Pack, Arc<Warehouse>), Problems> {
        let project = self.project()?;
        let location = Location::parse(&project.settings.warehouse, &project.folder)?;
        let location = match location {
            Location::Local(folder) if !folder.exists() => Location::Memory,
            location => location,
        };
        self.open_at(project, location).await
    }

    async fn open_at(
        &self,
        project: Project,
        location: Location,
    ) -> Result<(Project, Pack, Arc<Warehouse>), Problems> {
        let pack = project.pack()?;
        let clock_was_ahead = std::env::var(CLOCK_WAS_AHEAD).is_ok_and(|said| said == "yes");
        let warehouse = Warehouse::open(&location)
            .await?
            .with_keys(keys::of(&location)?)
            .with_clock_ahead(clock_was_ahead);
        Ok((project, pack, Arc::new(warehouse)))
    }

    pub async fn gateway(&self) -> Result<Gateway, Problems> {
        let (project, _, warehouse) = self.open().await?;
        Ok(Gateway::new(warehouse, project))
    }
}
