-- The life of every command, one row per transition, each written before it has an effect; n is their order. What was asked stands in every row, so that any row can be
-- read by itself. Kept for ever: it is the audit.
CREATE TABLE IF NOT EXISTS {database}.commands
(
    id              UUID,
    n               UInt32,
    at              DateTime64(3, 'UTC'),
    stage           LowCardinality(String),
    expires_at      DateTime64(3, 'UTC'),
    actor           String,
    code            LowCardinality(String),
    detail          String CODEC(ZSTD(3)),
    observed        String,
    observed_at     DateTime64(3, 'UTC'),
    gateway_at      DateTime64(3, 'UTC'),
    site            LowCardinality(String),
    gateway         LowCardinality(String),
    asset           String,
    point           LowCardinality(String),
    value           String,
    expected        String,
    author          String,
    reason          String CODEC(ZSTD(3)),
    mode            LowCardinality(String),
    requested_at    DateTime64(3, 'UTC'),
    life_ms         UInt32,
    bulk            UUID,
    bulk_per_second Float64,
    start_by        DateTime64(3, 'UTC'),
    idempotency_key String,
    fingerprint     String,
    INDEX by_id id TYPE bloom_filter GRANULARITY 1,
    INDEX by_bulk bulk TYPE bloom_filter GRANULARITY 1,
    INDEX by_time requested_at TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(requested_at)
ORDER BY (site, asset, requested_at, id, n)
SETTINGS non_replicated_deduplication_window = 1000;

-- Who asked for what, why and when, and what became of it: one row per command.
CREATE VIEW IF NOT EXISTS {database}.command_audit AS
SELECT
    requested_at,
    author,
    site,
    asset,
    point,
    value,
    reason,
    argMax(c.stage, c.n) AS result,
    argMax(c.code, c.n) AS code,
    argMax(c.detail, c.n) AS detail,
    argMax(c.observed, c.n) AS observed,
    max(c.at) AS last_at,
    id,
    bulk
FROM {database}.commands AS c
GROUP BY requested_at, author, site, asset, point, value, reason, id, bulk;
