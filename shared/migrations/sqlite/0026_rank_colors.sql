-- The rank master is a data set (`ranks`): its positions count from 1, and each rank may have a colour. A file may give two
-- ranks one position, of which the import warns and which a rank run refuses.

CREATE TABLE ranks_before AS SELECT rank, position FROM rank_master;
DROP TABLE rank_master;
CREATE TABLE rank_master (
    rank            TEXT PRIMARY KEY,
    position        INTEGER NOT NULL,        -- 1 is the best
    color           TEXT                     -- #rrggbb; NULL: the page's own for its place
) WITHOUT ROWID;
INSERT INTO rank_master (rank, position) SELECT rank, position + 1 FROM ranks_before;
DROP TABLE ranks_before;
