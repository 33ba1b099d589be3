-- How often does a bay change hands, and how long do vehicles stay? A stay lasts from the change to occupied to the change back; stays that have not ended are counted apart.
-- site: String; from, to: DateTime64(3), UTC, the end is not included: stays that began in between
WITH changes AS
(
    SELECT asset, ts, value
    FROM
    (
        SELECT asset, ts, value, lagInFrame(value, 1, -1) OVER (PARTITION BY asset ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
        FROM iot.readings
        WHERE site = {site:String} AND point = 'occupied' AND quality < 3
            AND ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')} + INTERVAL 7 DAY
    )
    WHERE value != before
),
stays AS
(
    SELECT
        asset,
        ts,
        value,
        leadInFrame(ts) OVER (PARTITION BY asset ORDER BY ts ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS left_at,
        dateDiff('millisecond', ts, left_at) / 60000 AS minutes,
        left_at > ts AS ended
    FROM changes
)
SELECT
    asset,
    countIf(ended) AS stays,
    round(countIf(ended) * 86400 / dateDiff('second', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}), 2) AS stays_a_day,
    round(quantileExactIf(0.5)(minutes, ended), 1) AS median_minutes,
    round(quantileExactIf(0.9)(minutes, ended), 1) AS p90_minutes,
    round(maxIf(minutes, ended), 1) AS longest_minutes,
    countIf(NOT ended) AS not_ended
FROM stays
WHERE value = 1 AND ts < {to:DateTime64(3, 'UTC')}
GROUP BY asset
ORDER BY stays DESC, asset
