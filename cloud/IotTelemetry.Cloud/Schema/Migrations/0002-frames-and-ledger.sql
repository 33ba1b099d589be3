-- One row per frame, written after all rows of its batch are in readings or rejects: a frame that is here is confirmed.
-- stored_at is the same for a whole batch, so a batch is one partition, one part, and therefore all or nothing.
CREATE TABLE IF NOT EXISTS {database}.frames
(
    site        LowCardinality(String),
    gateway     LowCardinality(String),
    epoch       UInt64 CODEC(Delta, ZSTD(3)),
    seq         UInt64 CODEC(Delta, ZSTD(3)),
    batch       UInt64 CODEC(Delta, ZSTD(3)),
    fingerprint UInt64,
    rows        UInt32,
    bytes       UInt32,
    outcome     LowCardinality(String),
    sealed_at   DateTime64(3, 'UTC') CODEC(Delta, ZSTD(3)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(3)),
    stored_at   DateTime64(3, 'UTC') CODEC(Delta, ZSTD(3)),
    INDEX batch_range batch TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(stored_at)
ORDER BY (site, gateway, epoch, seq)
SETTINGS non_replicated_deduplication_window = 1000;

-- The last frame stored per gateway and epoch: what ingest must remember, in a size that does not grow with time.
CREATE TABLE IF NOT EXISTS {database}.ledger
(
    site    LowCardinality(String),
    gateway LowCardinality(String),
    epoch   UInt64,
    seq     UInt64,
    batch   UInt64
)
ENGINE = ReplacingMergeTree(seq)
ORDER BY (site, gateway, epoch)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.ledger_of_frames TO {database}.ledger AS
SELECT site, gateway, epoch, max(f.seq) AS seq, max(f.batch) AS batch
FROM {database}.frames AS f
GROUP BY site, gateway, epoch;

-- Found at a start: months and kinds of assets of which a crash left rows of frames that are not in frames. When such a frame comes again, these rows of it are skipped.
-- Kinds, since one insert is one month and one rule of retention, and rules go by kinds; the rules themselves may change between two starts.
CREATE TABLE IF NOT EXISTS {database}.unfinished
(
    site       LowCardinality(String),
    gateway    LowCardinality(String),
    epoch      UInt64,
    month      UInt32,
    asset_kind LowCardinality(String),
    seq        UInt64
)
ENGINE = ReplacingMergeTree(seq)
ORDER BY (site, gateway, epoch, month, asset_kind);
