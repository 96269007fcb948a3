//! The integration tests: the whole flow as a user runs it, in one binary.

mod project;

mod architecture;
mod as_of;
mod bpic;
mod bucket;
mod bulk;
mod checks;
mod corpora;
mod definitions;
mod examples;
mod explain;
mod golden;
mod held;
mod hostile;
mod incremental;
mod independent;
mod isle_of_man;
mod kbo;
mod kill;
mod life;
mod lineage;
mod pack_golden;
mod pack_list;
mod privacy;
mod proof;
mod publish;
mod query;
mod receipt;
mod sandbox;
mod schedule;
mod serve;
mod suggest;
mod territory;
mod twice;
mod wrong;
