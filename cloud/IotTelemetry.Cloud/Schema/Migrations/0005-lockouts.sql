-- Whatever happened to a lockout, one row each, written before it has an effect: action is set, changed, lifted or ended; actor is who did it. revision rises with every row of a
-- gateway and is what the gateway reports back.
CREATE TABLE IF NOT EXISTS {database}.lockouts
(
    at       DateTime64(3, 'UTC'),
    action   LowCardinality(String),
    site     LowCardinality(String),
    gateway  LowCardinality(String),
    revision Int64,
    asset    String,
    holder   String,
    actor    String,
    reason   String CODEC(ZSTD(3)),
    since    DateTime64(3, 'UTC'),
    until    DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (site, gateway, asset, holder, revision)
SETTINGS non_replicated_deduplication_window = 1000;
