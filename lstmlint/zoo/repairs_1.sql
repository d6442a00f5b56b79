-- The store of `lstmlint fix --output-dir`, version 1: what became of each file, so that the next run goes on.

CREATE TABLE repairs (
    path TEXT PRIMARY KEY,            -- of the old file, from the folder of the store; absolute where it lies elsewhere
    asked TEXT NOT NULL,              -- a digest of the version of lstmlint and of what was asked
    size INTEGER,                     -- the stamp of the old file when it was read
    mtime_ns INTEGER,                 -- NULL where the file may have changed since
    inode INTEGER,
    beside_json TEXT NOT NULL,        -- the files beside it that may belong to it: [name, size, mtime_ns, inode]
    outcome TEXT,                     -- NULL: a run began with it and did not end
    error TEXT NOT NULL,              -- why it could not be read or written; empty otherwise
    changes INTEGER NOT NULL,         -- edits of the config and of weights
    output TEXT NOT NULL,             -- the new file, from the folder of the store; empty: none was written
    output_size INTEGER,
    output_mtime_ns INTEGER,
    output_inode INTEGER,
    is_free INTEGER NOT NULL          -- 0 or 1: at the place of the new file there is nothing, or what a run wrote
);

CREATE TABLE left_for_you (
    path TEXT NOT NULL REFERENCES repairs (path) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    repair TEXT NOT NULL,             -- the repair or the rule that speaks of it
    layer TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (path, position)
) WITHOUT ROWID;
CREATE INDEX left_by_repair ON left_for_you (repair);
