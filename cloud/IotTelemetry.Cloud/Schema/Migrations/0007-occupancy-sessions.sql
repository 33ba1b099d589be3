-- When something stood at an asset: one row per arrival, replaced when it leaves, and when readings that came late tell it otherwise. Derived from readings alone, so it can be made
-- again at any time: truncate this table and derived_positions. While it lasts, "left" is 1970-01-01.
-- shard by cityHash64(site, asset)
CREATE TABLE IF NOT EXISTS {database}.occupancy_history
(
    site    LowCardinality(String),
    asset   String CODEC(ZSTD(3)),
    arrived DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    left    DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    kind    LowCardinality(String),
    gateway LowCardinality(String),
    version UInt64,
    removed UInt8
)
ENGINE = ReplacingMergeTree(version, removed)
ORDER BY (site, asset, arrived);

CREATE VIEW IF NOT EXISTS {database}.occupancy_sessions AS
SELECT
    site,
    asset,
    kind,
    gateway,
    arrived,
    if(h.left = 0, NULL, h.left) AS left,
    if(h.left = 0, NULL, dateDiff('second', arrived, h.left)) AS seconds
FROM {database}.occupancy_history AS h FINAL
WHERE removed = 0;

-- How far what is derived from readings has got: every batch up to this one.
-- shard by cityHash64(name)
CREATE TABLE IF NOT EXISTS {database}.derived_positions
(
    name  String,
    batch UInt64
)
ENGINE = ReplacingMergeTree(batch)
ORDER BY name;
