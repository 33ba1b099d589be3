-- How full are a site's bays at which time of the week? Bays report changes only, so each value counts for as long as it held; weekday 1 is Monday.
-- site: String; from, to: DateTime64(3), UTC, the end is not included; zone: String, the time zone of the hours, for example Europe/Berlin
WITH held AS
(
    SELECT
        asset,
        value,
        greatest(ts, {from:DateTime64(3, 'UTC')}) AS since,
        leadInFrame(ts, 1, {to:DateTime64(3, 'UTC')}) OVER (PARTITION BY asset ORDER BY ts ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS until
    FROM iot.readings
    WHERE site = {site:String} AND point = 'occupied' AND quality < 3
        AND ts >= {from:DateTime64(3, 'UTC')} - INTERVAL 1 DAY AND ts < {to:DateTime64(3, 'UTC')}
),
hours AS
(
    SELECT
        value,
        toDateTime(arrayJoin(range(toUInt32(toStartOfHour(since)), toUInt32(ceil(toFloat64(until))), 3600)), 'UTC') AS hour,
        dateDiff('millisecond', greatest(since, toDateTime64(hour, 3, 'UTC')), least(until, toDateTime64(hour + 3600, 3, 'UTC'))) AS ms
    FROM held
    WHERE until > since
)
SELECT
    toDayOfWeek(toTimeZone(hour, {zone:String})) AS weekday,
    toHour(toTimeZone(hour, {zone:String})) AS hour_of_day,
    round(100 * sum(value * ms) / sum(ms), 1) AS occupied_percent,
    round(sum(ms) / 3600000, 1) AS bay_hours
FROM hours
WHERE ms > 0
GROUP BY weekday, hour_of_day
ORDER BY weekday, hour_of_day
