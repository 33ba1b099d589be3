-- Which sensors look broken: described by their gateway but without a reading, silent since long, often bad, or always the same number?
-- site: String; from, to: DateTime64(3), UTC, the end is not included; silent_hours: UInt32, how long a sensor may be silent before the end
WITH seen AS
(
    SELECT
        asset,
        point,
        count() AS readings,
        countIf(quality >= 3) AS bad,
        uniqExactIf(value, quality < 3) AS values_seen,
        any(text) AS some_text,
        max(ts) AS last_at
    FROM iot.readings
    WHERE site = {site:String} AND ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')}
    GROUP BY asset, point
)
SELECT
    asset,
    point,
    multiIf(
        readings = 0, 'never reported',
        last_at < {to:DateTime64(3, 'UTC')} - toIntervalHour({silent_hours:UInt32}), 'silent',
        bad * 10 > readings, 'bad readings',
        values_seen = 1 AND readings >= 20 AND some_text = '' AND point NOT IN ('occupied', 'state'), 'stuck',
        '') AS looks,
    readings,
    round(100 * bad / readings, 1) AS bad_percent,
    last_at
FROM
(
    SELECT asset, point, readings, bad, values_seen, some_text, last_at FROM seen
    UNION ALL
    SELECT asset, '' AS point, 0 AS readings, 0 AS bad, 0 AS values_seen, '' AS some_text, toDateTime64(0, 3, 'UTC') AS last_at
    FROM iot.assets
    WHERE site = {site:String} AND asset NOT IN (SELECT asset FROM seen)
)
WHERE looks != ''
ORDER BY looks, asset, point
