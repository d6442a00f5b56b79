-- The store of `lstmlint audit`, version 1.
--
-- A file of the zoo is a row of `files`. What was said of it, and from which audit to which, is in `states`. All that
-- was read from one content is a row of `models` with its `layers`, `tensors`, `findings` and `verdicts`; files of equal
-- bytes share it, and it never changes. Text that ends in _json is JSON. NULL is "not known" or "there is none". Begin
-- with the views at the end.

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,            -- UTC, as 2026-01-31T12:00:00Z
    finished TEXT,                    -- NULL while it runs, and after it was killed until it is taken up again
    lstmlint TEXT NOT NULL,           -- the version of lstmlint
    sources_json TEXT NOT NULL,       -- the sources as they were named, a list
    asked TEXT NOT NULL,              -- a digest of the sources and of all that was asked of each file
    process TEXT NOT NULL,            -- the machine and the process that write it
    files INTEGER,                    -- the counts are known when the audit is finished: files of its sources
    read INTEGER,                     -- files whose content was read
    unchanged INTEGER,                -- files that were not read again
    vanished INTEGER,                 -- files that were there before
    failed INTEGER,                   -- files that could not be read
    skipped INTEGER                   -- files that have nothing to do with Keras
);

CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,        -- from the folder of the store, absolute where it lies elsewhere, or an address
    folder TEXT NOT NULL,             -- the path without the name
    name TEXT NOT NULL,
    suffix TEXT NOT NULL,             -- .h5, .keras, .json ... in lower case
    size INTEGER,                     -- bytes
    mtime_ns INTEGER,                 -- NULL where the file may have changed since it was read; at an address, a digest
                                      -- of its ETag or version
    inode INTEGER,
    beside_json TEXT NOT NULL,        -- the files beside it that may belong to it: [name, size, mtime_ns, inode]
    sha256 TEXT,                      -- of the content, in hexadecimal digits; NULL at an address
    asked TEXT NOT NULL,              -- a digest of what was asked: version, rules, options, plug-ins, targets
    read_run INTEGER NOT NULL REFERENCES runs (id)      -- the last audit that read the content
);
CREATE INDEX files_by_folder ON files (folder);
CREATE INDEX files_by_sha256 ON files (sha256);
CREATE INDEX files_by_read_run ON files (read_run);

CREATE TABLE states (
    file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    from_run INTEGER NOT NULL REFERENCES runs (id),     -- the first audit that saw this
    to_run INTEGER REFERENCES runs (id),                -- the first audit that saw something else; NULL: it is so today
    status TEXT NOT NULL CHECK (status IN ('ok', 'skipped', 'error', 'vanished')),
    error TEXT NOT NULL,              -- why it was skipped or could not be read; empty otherwise
    model_id INTEGER REFERENCES models (id),            -- what was read; NULL where nothing could be
    PRIMARY KEY (file_id, from_run)
) WITHOUT ROWID;
CREATE INDEX states_by_model ON states (model_id);
CREATE INDEX states_by_to_run ON states (to_run);

CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,         -- a digest of the content, of what belongs to it, and of what was asked
    sha256 TEXT NOT NULL,             -- of the file; empty where it lies at an address and was read in parts
    size INTEGER NOT NULL,            -- bytes of the file
    weights_sha256 TEXT,              -- of the other file that holds the weights
    lstmlint TEXT NOT NULL,           -- the version of lstmlint that read it
    container TEXT NOT NULL,          -- json, h5, keras, tfjs, saved_model, yaml, shards
    keras_version TEXT,               -- as the file states it
    backend TEXT,                     -- as the file states it
    name TEXT NOT NULL,               -- empty where the file holds no architecture
    class_name TEXT,                  -- Sequential, Functional, ...; NULL where the file holds no architecture
    layers INTEGER NOT NULL,          -- all of them, the inner ones as well
    params INTEGER,
    trainable_params INTEGER,
    param_bytes INTEGER,
    multiply_adds INTEGER,            -- of one example
    multiply_adds_per_timestep INTEGER,
    state_bytes INTEGER,
    inputs_json TEXT NOT NULL,        -- shapes; null is a dimension that Keras leaves open, "unknown" an unknown one
    outputs_json TEXT NOT NULL,
    optimizer TEXT,                   -- the class with which it was compiled
    architecture TEXT,                -- a fingerprint of layers, settings and connections without names
    tensor_shapes TEXT                -- a fingerprint of the shapes and dtypes of the stored tensors without names
);
CREATE INDEX models_by_size ON models (size);
CREATE INDEX models_by_architecture ON models (architecture);
CREATE INDEX models_by_tensor_shapes ON models (tensor_shapes);

CREATE TABLE layers (
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,        -- from 0, each model and wrapper before what is in it
    path TEXT NOT NULL,               -- the names of the models and wrappers around it, and its own
    depth INTEGER NOT NULL,           -- 0 for a layer of the outermost model
    class_name TEXT NOT NULL,         -- by its name of today
    written_class TEXT NOT NULL,      -- as the file names it
    is_custom INTEGER NOT NULL,       -- 0 or 1
    is_recurrent INTEGER NOT NULL,    -- 0 or 1: an LSTM, a GRU, ..., no wrapper and no cell
    is_trainable INTEGER NOT NULL,    -- 0 or 1
    units INTEGER,
    dtype TEXT NOT NULL,
    input_json TEXT,                  -- of its first call; NULL where it is never called
    output_json TEXT,
    params INTEGER,
    unknown TEXT,                     -- why the number of its parameters is not known
    PRIMARY KEY (model_id, position)
) WITHOUT ROWID;
CREATE INDEX layers_by_class ON layers (class_name);

CREATE TABLE tensors (
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,        -- from 0, in the order of the file
    layer TEXT NOT NULL,              -- the name of the layer or of its group in the file; empty: the optimizer's
    name TEXT NOT NULL,
    place TEXT NOT NULL,              -- its path in the file
    shape_json TEXT NOT NULL,
    dtype TEXT NOT NULL,
    PRIMARY KEY (model_id, position)
) WITHOUT ROWID;

CREATE TABLE findings (
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,        -- from 0, in the order of the file
    rule TEXT NOT NULL,
    category TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'note')),    -- as the rule says, before any setting
    confidence TEXT NOT NULL CHECK (confidence IN ('certain', 'likely', 'heuristic')),
    layer TEXT NOT NULL,
    pointer_json TEXT NOT NULL,       -- keys and indices that lead into the config
    stored TEXT NOT NULL,             -- the place of a stored tensor
    line INTEGER,                     -- in a text, from 1
    column INTEGER,
    message TEXT NOT NULL,
    help TEXT NOT NULL,
    related_json TEXT NOT NULL,       -- other locations: layer, pointer, stored, message
    cause INTEGER,                    -- findings of a model with the same number have one cause
    is_consequence INTEGER NOT NULL,  -- 0 or 1: another finding of that cause explains it
    words TEXT NOT NULL,              -- the cause without names and numbers, the same in other models
    PRIMARY KEY (model_id, position)
) WITHOUT ROWID;
CREATE INDEX findings_by_rule ON findings (rule);

CREATE TABLE unjudged (
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    rule TEXT NOT NULL,               -- the rule that could not judge this place
    layer TEXT NOT NULL,
    pointer_json TEXT NOT NULL,
    stored TEXT NOT NULL,
    because TEXT NOT NULL,
    PRIMARY KEY (model_id, position)
) WITHOUT ROWID;

CREATE TABLE obstacles (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,               -- the rule that explains it
    stage TEXT NOT NULL CHECK (stage IN ('load', 'compile', 'call', 'compute')),
    error TEXT NOT NULL,              -- the class of the exception
    message TEXT NOT NULL,            -- the sentence of that Keras
    cure TEXT NOT NULL,
    UNIQUE (rule, stage, error, message, cure)
);

CREATE TABLE verdicts (
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    target TEXT NOT NULL,             -- keras-3.15, tf-keras-2.15, tfjs, ...
    outcome TEXT NOT NULL,            -- loads; loads, computes differently; loads with compile=False; ...; fails
    obstacle_id INTEGER REFERENCES obstacles (id),      -- the obstacle that decided; NULL where there is none
    obstacles INTEGER NOT NULL,       -- how many there are in all
    is_mended INTEGER NOT NULL,       -- 0 or 1: `lstmlint fix` has a repair for each that stops it
    PRIMARY KEY (model_id, target)
) WITHOUT ROWID;
CREATE INDEX verdicts_by_target ON verdicts (target, outcome);

-- The questions that are asked most.

CREATE VIEW current AS                -- each file as it is today, with its model where it could be read
SELECT f.id AS file_id, f.path, f.folder, f.name AS file_name, f.suffix, f.size, f.sha256, s.status, s.error,
       s.from_run AS since_run, s.model_id, m.container, m.keras_version, m.backend, m.class_name, m.layers, m.params,
       m.param_bytes, m.multiply_adds, m.architecture, m.tensor_shapes
FROM files f JOIN states s ON s.file_id = f.id AND s.to_run IS NULL LEFT JOIN models m ON m.id = s.model_id;

CREATE VIEW current_findings AS       -- the findings on the files of today, one row for each file and finding
SELECT f.path, f.folder, s.file_id, d.*
FROM files f JOIN states s ON s.file_id = f.id AND s.to_run IS NULL JOIN findings d ON d.model_id = s.model_id;

CREATE VIEW current_verdicts AS       -- where the files of today load, and what stops the others
SELECT f.path, f.folder, s.file_id, v.model_id, v.target, v.outcome, v.obstacles, v.is_mended,
       o.rule, o.stage, o.error, o.message, o.cure
FROM files f JOIN states s ON s.file_id = f.id AND s.to_run IS NULL JOIN verdicts v ON v.model_id = s.model_id
     LEFT JOIN obstacles o ON o.id = v.obstacle_id;

CREATE VIEW current_layers AS         -- the layers of the files of today
SELECT f.path AS file_path, f.folder, s.file_id, l.*
FROM files f JOIN states s ON s.file_id = f.id AND s.to_run IS NULL JOIN layers l ON l.model_id = s.model_id;

CREATE VIEW rule_counts AS            -- how often each rule fires, in how many files
SELECT rule, category, severity, count(*) AS findings, count(DISTINCT file_id) AS files
FROM current_findings GROUP BY rule, category, severity ORDER BY files DESC;

CREATE VIEW load_matrix AS            -- how many files have which outcome where
SELECT target, outcome, count(*) AS files FROM current_verdicts GROUP BY target, outcome;

CREATE VIEW equal_bytes AS            -- files with the same content
SELECT sha256, count(*) AS files, min(size) AS size, json_group_array(path) AS paths_json
FROM files JOIN states ON file_id = id AND to_run IS NULL AND status <> 'vanished'
WHERE sha256 IS NOT NULL GROUP BY sha256 HAVING count(*) > 1;

CREATE VIEW same_architecture AS      -- files with the same layers and connections
SELECT architecture, count(*) AS files, json_group_array(path) AS paths_json
FROM current WHERE architecture IS NOT NULL GROUP BY architecture HAVING count(*) > 1;

CREATE VIEW changes AS                -- what an audit saw for the first time: each file with its state before and after
SELECT s.from_run AS run, f.path, b.status AS status_before, s.status AS status_after, b.error AS error_before,
       s.error AS error_after, b.model_id AS model_before, s.model_id AS model_after
FROM states s JOIN files f ON f.id = s.file_id LEFT JOIN states b ON b.file_id = s.file_id AND b.to_run = s.from_run;
