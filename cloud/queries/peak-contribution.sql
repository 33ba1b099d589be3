-- Who made a site's highest load? The quarter of an hour with the highest load, and each asset's part in it.
-- site: String; from, to: DateTime64(3), UTC, the end is not included; top: UInt32, how many assets
WITH means AS
(
    SELECT toStartOfFifteenMinutes(ts) AS quarter, asset, any(asset_kind) AS kind, avg(value) AS mean
    FROM iot.readings
    WHERE site = {site:String} AND point = 'power_w' AND quality < 3 AND ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')}
    GROUP BY quarter, asset
),
peak AS
(
    SELECT quarter, sum(mean) AS load FROM means GROUP BY quarter ORDER BY load DESC, quarter LIMIT 1
)
SELECT
    m.quarter AS peak_at,
    asset,
    kind,
    round(mean / 1000, 3) AS kw,
    round(100 * mean / load, 1) AS percent_of_peak
FROM means AS m
INNER JOIN peak AS p ON m.quarter = p.quarter
ORDER BY kw DESC, asset
LIMIT {top:UInt32}
