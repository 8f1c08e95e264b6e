//! What happens to the bridge, its store and its imports.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use tokio::runtime::Handle;

use crate::attack::{Attack, Outcome, under_attack};
use crate::chance::Chance;
use crate::world::World;

/// Rows of a file that is imported and killed: more than one slice has.
const ROWS: usize = 60_000;
/// The exit codes of `docs/exit-codes.md`.
const DATA: Option<i32> = Some(65);
const UNAVAILABLE: Option<i32> = Some(69);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deed {
    Kill,
    Stop,
    Lock,
    FullDisk,
    Moved,
    Deleted,
    CopiedOver,
    Import,
    Attack(Attack),
}

/// What was done so far.
pub(crate) struct Deeds {
    world: Arc<World>,
    runtime: Handle,
    pub(crate) done: BTreeMap<Deed, u64>,
    pub(crate) attacks: BTreeMap<Attack, Outcome>,
    /// Imports that were begun, and those of them that were killed.
    pub(crate) imports: u64,
    pub(crate) killed: u64,
}

impl Deeds {
    pub(crate) fn new(world: Arc<World>, runtime: Handle) -> Self {
        let (done, attacks) = (BTreeMap::new(), BTreeMap::new());
        Self { world, runtime, done, attacks, imports: 0, killed: 0 }
    }

    pub(crate) fn all(&self) -> Vec<Deed> {
        let others = [
            Deed::Kill,
            Deed::Stop,
            Deed::Lock,
            Deed::FullDisk,
            Deed::Moved,
            Deed::Deleted,
            Deed::CopiedOver,
            Deed::Import,
        ];
        others.into_iter().chain(Attack::ALL.map(Deed::Attack)).collect()
    }

    pub(crate) fn do_one(&mut self, deed: Deed, chance: &mut Chance) -> anyhow::Result<()> {
        *self.done.entry(deed).or_default() += 1;
        match deed {
            Deed::Kill => {
                self.world.kill();
                self.world.start()
            }
            Deed::Stop => {
                self.world.stop()?;
                self.world.start()
            }
            Deed::Lock => self.lock(chance),
            Deed::FullDisk => self.full_disk(chance),
            Deed::Moved => self.moved(),
            Deed::Deleted => self.deleted(),
            Deed::CopiedOver => self.copied_over(),
            Deed::Import => self.import(chance),
            Deed::Attack(attack) => {
                let seen = self.runtime.block_on(under_attack(&self.world, attack))?;
                self.attacks.entry(attack).or_default().add(&seen);
                Ok(())
            }
        }
    }

    /// Another program locks the store, for less than a writer waits.
    fn lock(&self, chance: &mut Chance) -> anyhow::Result<()> {
        let other = rusqlite::Connection::open(self.world.store())?;
        other.busy_timeout(Duration::from_secs(20))?;
        other.execute_batch("BEGIN IMMEDIATE")?;
        std::thread::park_timeout(Duration::from_millis(chance.below(4_000)));
        Ok(other.execute_batch("ROLLBACK")?)
    }

    fn full_disk(&self, chance: &mut Chance) -> anyhow::Result<()> {
        self.world.kill();
        let bytes = std::fs::metadata(self.world.store())?.len();
        self.world.start_with_room(bytes / 1024 + 64 + chance.below(256))?;
        std::thread::park_timeout(Duration::from_millis(3_000));
        self.world.kill();
        self.world.start()
    }

    fn moved(&self) -> anyhow::Result<()> {
        let aside = self.world.beside("-aside");
        std::fs::rename(self.world.store(), &aside)?;
        let code = self.world.ended()?;
        ensure!(code == UNAVAILABLE, "a bridge whose store was moved ended with {code:?}");
        std::fs::rename(aside, self.world.store())?;
        self.world.start()
    }

    fn deleted(&self) -> anyhow::Result<()> {
        let aside = self.world.beside("-aside");
        std::fs::hard_link(self.world.store(), &aside)?;
        std::fs::remove_file(self.world.store())?;
        let code = self.world.ended()?;
        ensure!(code == UNAVAILABLE, "a bridge whose store was deleted ended with {code:?}");
        std::fs::rename(aside, self.world.store())?;
        self.world.start()
    }

    /// After a crash an older backup lies where the store was, beside its log: nothing may be written into it.
    fn copied_over(&self) -> anyhow::Result<()> {
        let (store, aside) = (self.world.store(), self.world.beside("-aside"));
        self.world.kill();
        let has_log = self.world.beside("-wal").metadata().is_ok_and(|log| log.len() > 0);
        std::fs::rename(&store, &aside)?;
        std::fs::copy(self.world.beside("-backup"), &store)?;
        if has_log {
            let before = std::fs::read(&store)?;
            let refused = self.world.serve().stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            ensure!(refused.code() == DATA, "a bridge on an older copy ended with {refused}");
            ensure!(std::fs::read(&store)? == before, "an older copy was written to");
        }
        std::fs::rename(&aside, &store)?;
        self.world.start()
    }

    fn file(&self, number: u64) -> String {
        let mut text = "slip_no,line_no,sold_on,customer_code,amount\n".to_owned();
        (0..ROWS).for_each(|row| text += &format!("S{number}-{row},1,2026-01-{:02},C1,100\n", row % 28 + 1));
        self.world.company.file(&format!("sales-{number}.csv"), &text)
    }

    /// Kills an import on its way, and another one, and then lets it come to its end.
    fn import(&mut self, chance: &mut Chance) -> anyhow::Result<()> {
        let number = self.imports;
        self.imports += 1;
        let file = self.file(number);
        for _ in 0..=chance.below(3) {
            let mut import = self.world.company.analytics(&["import", &file]);
            let mut running = import.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            std::thread::park_timeout(Duration::from_millis(50 + chance.below(2_500)));
            if running.try_wait()?.is_none() {
                self.killed += 1;
            }
            // It may have ended by itself.
            let _ = running.kill();
            running.wait()?;
        }
        Ok(())
    }

    /// Imports every file once more, completely.
    pub(crate) fn finish(&mut self) -> anyhow::Result<()> {
        for number in 0..self.imports {
            let file = self.world.company.path(&format!("sales-{number}.csv")).display().to_string();
            let done = self.world.company.analytics(&["import", &file]).output()?;
            ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        Ok(())
    }

    /// The rows that the files have.
    pub(crate) fn rows(&self) -> u64 {
        self.imports * ROWS as u64
    }
}
