-- What does storing a row cost, table by table and month by month, and how well does it compress?
SELECT
    table,
    partition,
    sum(rows) AS stored_rows,
    formatReadableSize(sum(bytes_on_disk)) AS size,
    round(sum(bytes_on_disk) / sum(rows), 2) AS bytes_per_row,
    round(sum(data_uncompressed_bytes) / sum(data_compressed_bytes), 1) AS times_smaller,
    count() AS parts
FROM system.parts
WHERE active AND database = 'iot'
GROUP BY table, partition
ORDER BY sum(bytes_on_disk) DESC, table, partition
