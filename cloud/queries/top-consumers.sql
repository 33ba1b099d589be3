-- Which assets of a site used most energy? Power in watts counts for as long as it held, but for no longer than max_gap_minutes: a silent meter is not extrapolated.
-- site: String; from, to: DateTime64(3), UTC, the end is not included; max_gap_minutes: UInt32; top: UInt32, how many assets
SELECT
    asset,
    any(asset_kind) AS kind,
    round(sum(value * least(dateDiff('millisecond', ts, until), {max_gap_minutes:UInt32} * 60000)) / 3.6e9, 3) AS kwh,
    max(value) AS highest_w
FROM
(
    SELECT
        asset,
        asset_kind,
        ts,
        value,
        leadInFrame(ts, 1, {to:DateTime64(3, 'UTC')}) OVER (PARTITION BY asset ORDER BY ts ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS until
    FROM iot.readings
    WHERE site = {site:String} AND point = 'power_w' AND quality < 3 AND ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')}
)
GROUP BY asset
ORDER BY kwh DESC, asset
LIMIT {top:UInt32}
