-- How reliably does each gateway deliver: frames that never came, its longest silence, and how late frames are stored after the gateway closed them?
-- from, to: DateTime64(3), UTC, the end is not included: when frames came in
SELECT
    site,
    gateway,
    count() AS frames,
    sum(missing_before) AS missing_frames,
    round(max(silence_ms) / 1000, 1) AS longest_silence_s,
    round(quantileExact(0.5)(late_ms) / 1000, 2) AS late_p50_s,
    round(quantileExact(0.99)(late_ms) / 1000, 2) AS late_p99_s,
    countIf(late_ms > 60000) AS later_than_a_minute
FROM
(
    SELECT
        site,
        gateway,
        dateDiff('millisecond', sealed_at, stored_at) AS late_ms,
        toInt64(seq) - lagInFrame(toInt64(seq), 1, toInt64(seq) - 1) OVER (PARTITION BY site, gateway, epoch ORDER BY seq ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) - 1 AS missing_before,
        dateDiff('millisecond', lagInFrame(received_at, 1, received_at) OVER (PARTITION BY site, gateway ORDER BY received_at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), received_at) AS silence_ms
    FROM iot.frames
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
)
GROUP BY site, gateway
ORDER BY missing_frames DESC, longest_silence_s DESC, site, gateway
