-- Settings of the rank update that were saved; runs that take others back; changes that the settings made.

-- The newest version is the current one; a version is never edited.
CREATE TABLE rank_config (
    version         INTEGER PRIMARY KEY,
    saved_at        TEXT NOT NULL,
    hash            TEXT NOT NULL,           -- of the settings that the chosen source has (docs/rank.md#settings)
    document        TEXT NOT NULL,           -- the whole document as TOML
    note            TEXT
);
ALTER TABLE rank_run ADD COLUMN config_version INTEGER;          -- NULL: settings that were never saved
ALTER TABLE rank_run ADD COLUMN mode TEXT NOT NULL DEFAULT 'run'; -- run | revert
ALTER TABLE rank_run ADD COLUMN reverts INTEGER;                 -- the run that this one takes back
-- The total is that of the run before and the settings are others: the rank changed for the settings' sake.
ALTER TABLE rank_change ADD COLUMN config_changed INTEGER NOT NULL DEFAULT 0;
