-- What the service measures of itself, too many series for a metrics system: every 5 s, per process, the gateways that stand out. One metric's ranks of one moment are its top list.
-- metric is frames, bytes, rejects (in the 5 s) or lag_ms (from the closing of the last frame stored to its storing).
-- shard by cityHash64(instance)
CREATE TABLE IF NOT EXISTS {database}.internal_telemetry
(
    at       DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    instance LowCardinality(String),
    metric   LowCardinality(String),
    rank     UInt8,
    site     LowCardinality(String),
    gateway  LowCardinality(String),
    value    Float64 CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(at)
ORDER BY (metric, at, instance, rank)
TTL toDateTime(at) + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1;
