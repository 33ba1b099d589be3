-- Which gateways send most, and which of them are refused?
-- from, to: DateTime64(3), UTC, the end is not included: when messages came in; top: UInt32, how many gateways
SELECT
    site,
    gateway,
    sum(is_frame) AS frames,
    sum(readings) AS readings,
    sum(size) AS bytes,
    round(100 * sum(size) / max(total), 1) AS percent_of_bytes,
    sum(rejected) AS rejects
FROM
(
    SELECT *, sum(size) OVER () AS total
    FROM
    (
        SELECT site, gateway, 1 AS is_frame, f.rows AS readings, f.bytes AS size, 0 AS rejected
        FROM iot.frames AS f
        WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
        UNION ALL
        SELECT site, gateway, 0, 0, length(payload), 1
        FROM iot.rejects FINAL
        WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
    )
)
GROUP BY site, gateway
ORDER BY bytes DESC, site, gateway
LIMIT {top:UInt32}
