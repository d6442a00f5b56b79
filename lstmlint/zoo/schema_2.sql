-- Version 2: `lstmlint audit --values` keeps a digest of each stored tensor, so that files with equal weights are known.

ALTER TABLE tensors ADD COLUMN digest TEXT;     -- of shape and values; NULL where they were not read, and where fewer
                                                -- than 16 are different, which any two models may have
ALTER TABLE tensors ADD COLUMN is_recurrent_kernel INTEGER NOT NULL DEFAULT 0;  -- 0 or 1; 1 only where values were read
CREATE INDEX tensors_by_digest ON tensors (digest) WHERE digest IS NOT NULL;

CREATE VIEW current_weights AS        -- the weights with a digest in the files of today; files of one content share them
SELECT f.path, f.folder, s.file_id,
       coalesce(m.weights_sha256, CASE WHEN f.beside_json = '[]' THEN f.sha256 END, m.key) AS content, t.*
FROM files f JOIN states s ON s.file_id = f.id AND s.to_run IS NULL JOIN models m ON m.id = s.model_id
     JOIN tensors t ON t.model_id = s.model_id WHERE t.digest IS NOT NULL AND t.layer <> '';

CREATE VIEW equal_weights AS          -- weights that files of several contents hold
SELECT digest, max(is_recurrent_kernel) AS is_recurrent_kernel, min(shape_json) AS shape_json,
       count(DISTINCT content) AS contents, count(DISTINCT file_id) AS files
FROM current_weights GROUP BY digest HAVING count(DISTINCT content) > 1;
