-- Rollups: per gateway, kind of asset and point, by minute and by hour. The service computes them while it fills a batch and inserts them behind the batch's readings and before
-- its frames; batch is the highest batch in a row, by which a start sees whether the rows of a batch that a crash cut off are in it already.
-- readings counts all; numbers counts those whose value is a number that was measured (no text, quality other than bad sensor); total, lowest and highest are over these.
-- Without any, lowest is +inf and highest -inf.
CREATE TABLE IF NOT EXISTS {database}.rollup_minute
(
    site       LowCardinality(String),
    asset_kind LowCardinality(String),
    point      LowCardinality(String),
    gateway    LowCardinality(String),
    minute     DateTime('UTC') CODEC(Delta, ZSTD(1)),
    readings   SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
    numbers    SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
    total      SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
    lowest     SimpleAggregateFunction(min, Float64) CODEC(ZSTD(1)),
    highest    SimpleAggregateFunction(max, Float64) CODEC(ZSTD(1)),
    batch      SimpleAggregateFunction(max, UInt64) CODEC(ZSTD(1)),
    INDEX batch_range batch TYPE minmax GRANULARITY 1
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(minute)
ORDER BY (site, asset_kind, point, gateway, minute)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS {database}.rollup_hour
(
    site       LowCardinality(String),
    asset_kind LowCardinality(String),
    point      LowCardinality(String),
    gateway    LowCardinality(String),
    hour       DateTime('UTC') CODEC(Delta, ZSTD(1)),
    readings   SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
    numbers    SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
    total      SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
    lowest     SimpleAggregateFunction(min, Float64) CODEC(ZSTD(1)),
    highest    SimpleAggregateFunction(max, Float64) CODEC(ZSTD(1)),
    batch      SimpleAggregateFunction(max, UInt64) CODEC(ZSTD(1)),
    INDEX batch_range batch TYPE minmax GRANULARITY 1
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(hour)
ORDER BY (site, asset_kind, point, gateway, hour)
SETTINGS non_replicated_deduplication_window = 1000;

-- What to ask: one row per cell.
CREATE VIEW IF NOT EXISTS {database}.readings_by_minute AS
SELECT
    site,
    asset_kind,
    point,
    gateway,
    minute,
    sum(r.readings) AS readings,
    sum(r.numbers) AS numbers,
    sum(r.total) AS total,
    sum(r.total) / sum(r.numbers) AS average,
    min(r.lowest) AS lowest,
    max(r.highest) AS highest
FROM {database}.rollup_minute AS r
GROUP BY site, asset_kind, point, gateway, minute;

CREATE VIEW IF NOT EXISTS {database}.readings_by_hour AS
SELECT
    site,
    asset_kind,
    point,
    gateway,
    hour,
    sum(r.readings) AS readings,
    sum(r.numbers) AS numbers,
    sum(r.total) AS total,
    sum(r.total) / sum(r.numbers) AS average,
    min(r.lowest) AS lowest,
    max(r.highest) AS highest
FROM {database}.rollup_hour AS r
GROUP BY site, asset_kind, point, gateway, hour;
