namespace IotTelemetry.Demo;

/// <summary>One run of the demo: start, show, stop the gateways first, count, stop the cloud.</summary>
internal sealed class DemoRun(string directory)
{
    /// <summary>Runs for <paramref name="length"/>, or until <paramref name="end"/>, and returns what was counted.</summary>
    public async Task<DemoReport> RunAsync(TimeSpan? length, CancellationToken end)
    {
        Console.WriteLine("starting the cloud service and three gateways");
        await using var system = await LocalSystem.StartAsync(directory, SimulatedGateway.Demo, end, Loopback.Prefer(1883), Loopback.Prefer(8123)).ConfigureAwait(false);
        PrintHints(system.Cloud);

        using var show = CancellationTokenSource.CreateLinkedTokenSource(end);
        if (length is { } time)
        {
            show.CancelAfter(time);
        }

        await new LiveView(system.Cloud).RunAsync(show.Token).ConfigureAwait(false);

        Console.WriteLine("stopping: the gateways wait until everything they sent is stored");
        var sent = await system.StopGatewaysAsync(CancellationToken.None).ConfigureAwait(false);
        var report = await DemoReport.TakeAsync(system.Cloud, system.Gateways.Count, sent, CancellationToken.None).ConfigureAwait(false);
        var status = await system.Cloud.StopAsync().ConfigureAwait(false);
        if (status != 0)
        {
            throw new InvalidOperationException($"the cloud service ended with status {status}; its log is in {directory}");
        }

        Console.WriteLine($"{report.ReadingsSent:#,0} readings sent, {report.RowsStored:#,0} rows stored, {report.Lost} lost, {report.Duplicates} doubled; "
            + $"sealed to stored p50 {report.StoredP50Ms:F0} ms, p99 {report.StoredP99Ms:F0} ms");
        return report;
    }

    private void PrintHints(CloudService cloud)
    {
        var program = Path.GetRelativePath(Environment.CurrentDirectory, Path.ChangeExtension(Checkout.Cloud, null));
        var query = $"{program} query --url http://{cloud.Http}";
        Console.WriteLine($"""

            MQTT      {cloud.Mqtt}
            queries   http://{cloud.Http}   (ClickHouse's HTTP interface)
            status    http://{cloud.Http}/status
            logs      {directory}/*.log

            try in a second terminal:
              {query} "SELECT site, point, count() AS readings, max(ts) AS latest FROM iot.readings GROUP BY site, point ORDER BY readings DESC"
              {query} "SELECT toStartOfInterval(ts, INTERVAL 10 SECOND) AS t, round(avg(value)) AS watts FROM iot.readings WHERE point = 'power_w' AND asset_kind = 'feeder' GROUP BY t ORDER BY t"
              {query} "SELECT asset, countIf(value = 1) AS arrivals FROM iot.readings WHERE point = 'occupied' GROUP BY asset ORDER BY arrivals DESC LIMIT 10"
              {program} switch mill-lane/load-01 off --reason "trying it" --url http://{cloud.Http}
              {program} bulk start off --tag feeder:feeder --reason "trying it" --url http://{cloud.Http}   (the feeder's power falls)
              {program} commands --url http://{cloud.Http}

            """);
    }
}
