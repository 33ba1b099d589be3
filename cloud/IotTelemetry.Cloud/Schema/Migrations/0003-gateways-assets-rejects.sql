-- Every birth that differed from the one before it, whole; the views show the newest.
CREATE TABLE IF NOT EXISTS {database}.gateway_history
(
    site        LowCardinality(String),
    gateway     LowCardinality(String),
    received_at DateTime64(3, 'UTC'),
    birth_hash  String,
    software    LowCardinality(String),
    board       LowCardinality(String),
    assets      UInt32,
    points      UInt32,
    birth       String CODEC(ZSTD(3)),
    batch       UInt64
)
ENGINE = MergeTree
ORDER BY (site, gateway, received_at)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE VIEW IF NOT EXISTS {database}.gateways AS
SELECT
    site,
    gateway,
    max(h.received_at) AS described_at,
    argMax(h.birth_hash, h.received_at) AS birth_hash,
    argMax(h.software, h.received_at) AS software,
    argMax(h.board, h.received_at) AS board,
    argMax(h.assets, h.received_at) AS assets,
    argMax(h.points, h.received_at) AS points
FROM {database}.gateway_history AS h
GROUP BY site, gateway;

CREATE TABLE IF NOT EXISTS {database}.asset_history
(
    site        LowCardinality(String),
    asset       String CODEC(ZSTD(3)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(3)),
    gateway     LowCardinality(String),
    kind        LowCardinality(String),
    latitude    Float64,
    longitude   Float64,
    tags        Map(LowCardinality(String), String) CODEC(ZSTD(3)),
    birth_hash  String CODEC(ZSTD(3)),
    batch       UInt64
)
ENGINE = MergeTree
ORDER BY (site, asset, received_at)
SETTINGS non_replicated_deduplication_window = 1000;

-- An asset whose position is not known has NaN as latitude and longitude.
CREATE VIEW IF NOT EXISTS {database}.assets AS
SELECT
    site,
    asset,
    max(h.received_at) AS described_at,
    argMax(h.gateway, h.received_at) AS gateway,
    argMax(h.kind, h.received_at) AS kind,
    argMax(h.latitude, h.received_at) AS latitude,
    argMax(h.longitude, h.received_at) AS longitude,
    argMax(h.tags, h.received_at) AS tags
FROM {database}.asset_history AS h
GROUP BY site, asset;

-- What could not be stored, raw, with the reason. The key makes a reject that came again after a crash one row.
CREATE TABLE IF NOT EXISTS {database}.rejects
(
    site        LowCardinality(String),
    gateway     LowCardinality(String),
    epoch       UInt64,
    seq         UInt64,
    fingerprint UInt64,
    received_at DateTime64(3, 'UTC'),
    reason      LowCardinality(String),
    detail      String CODEC(ZSTD(3)),
    topic       String CODEC(ZSTD(3)),
    client      String CODEC(ZSTD(3)),
    payload     String CODEC(ZSTD(3)),
    batch       UInt64
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (site, gateway, epoch, seq, fingerprint)
SETTINGS non_replicated_deduplication_window = 1000;
