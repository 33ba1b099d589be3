-- Who writes for which partition of gateways, when several processes write to one store. Each row of (partition, generation, instance) is one claim; renewals replace it.
-- Partition 255 hands out the numbers of writers. The clock is the server's, so that workers need not agree on the time.
-- shard by partition
CREATE TABLE IF NOT EXISTS {database}.leases
(
    partition  UInt8,
    generation UInt64,
    instance   String,
    writer     UInt32,
    worker     String,
    state      LowCardinality(String),
    lease_ms   UInt32,
    renewal    UInt64,
    at         DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(renewal)
ORDER BY (partition, generation, instance);
