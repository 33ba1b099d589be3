-- How many readings does each asset send a day, and how many of them are usable?
-- site: String; from, to: DateTime64(3), UTC, the end is not included
SELECT
    toDate(ts) AS day,
    asset,
    any(asset_kind) AS kind,
    count() AS readings,
    countIf(quality = 0) AS good,
    uniqExact(point) AS points
FROM iot.readings
WHERE site = {site:String} AND ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')}
GROUP BY day, asset
ORDER BY day, asset
