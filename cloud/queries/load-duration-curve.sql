-- For which part of the time is a site's load at least so high? The load of a quarter of an hour is the sum of its assets' mean power; assets that say nothing in it count as 0.
-- site: String; from, to: DateTime64(3), UTC, the end is not included
WITH quarters AS
(
    SELECT quarter, sum(mean) / 1000 AS kw
    FROM
    (
        SELECT toStartOfFifteenMinutes(ts) AS quarter, asset, avg(value) AS mean
        FROM iot.readings
        WHERE site = {site:String} AND point = 'power_w' AND quality < 3 AND ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')}
        GROUP BY quarter, asset
    )
    GROUP BY quarter
),
sorted AS
(
    SELECT arrayReverseSort(groupArray(kw)) AS loads FROM quarters
)
SELECT
    arrayJoin([0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100]) AS percent_of_time,
    round(loads[toUInt32(greatest(1, ceil(length(loads) * percent_of_time / 100)))], 3) AS at_least_kw
FROM sorted
WHERE notEmpty(loads)
ORDER BY percent_of_time
