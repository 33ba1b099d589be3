using System.Globalization;
using Spectre.Console;

namespace IotTelemetry.Demo;

/// <summary>
/// What the demo shows while it runs: the way of the readings in numbers, and what they say. On a terminal a table that renews itself,
/// elsewhere (a pipe, a build log) one line every few seconds.
/// </summary>
internal sealed class LiveView(CloudService cloud)
{
    private const string OccupancySql = """
        SELECT site, countIf(occupied = 1), count()
        FROM (SELECT site, asset, argMax(value, ts) AS occupied FROM iot.readings WHERE point = 'occupied' GROUP BY site, asset)
        GROUP BY site ORDER BY site
        """;

    private const string FeederSql = "SELECT argMax(value, ts) / 1000 FROM iot.readings WHERE point = 'power_w' AND asset_kind = 'feeder'";

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    /// <summary>Shows the system until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
            {
                await AnsiConsole.Live(new Text("starting")).StartAsync(async live =>
                {
                    await foreach (var picture in ObserveAsync(Refresh, cancellationToken).ConfigureAwait(false))
                    {
                        live.UpdateTarget(Render(picture));
                    }
                }).ConfigureAwait(false);
            }
            else
            {
                await foreach (var picture in ObserveAsync(TimeSpan.FromSeconds(5), cancellationToken).ConfigureAwait(false))
                {
                    Console.WriteLine(Line(picture));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run is over; this is how it ends.
        }
    }

    private async IAsyncEnumerable<Picture> ObserveAsync(TimeSpan interval, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval);
        var last = await cloud.StatusAsync(cancellationToken).ConfigureAwait(false);
        var lastTime = TimeProvider.System.GetTimestamp();
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            var status = await cloud.StatusAsync(cancellationToken).ConfigureAwait(false);
            var seconds = TimeProvider.System.GetElapsedTime(lastTime).TotalSeconds;
            lastTime = TimeProvider.System.GetTimestamp();
            var occupancy = await cloud.QueryAsync(OccupancySql, cancellationToken).ConfigureAwait(false);
            var feeder = await cloud.QueryAsync(FeederSql, cancellationToken).ConfigureAwait(false);
            yield return new Picture(
                status,
                (status.ReadingsReceived - last.ReadingsReceived) / seconds,
                [.. occupancy.Select(row => new SiteOccupancy(row[0].GetString()!, Whole(row[1]), Whole(row[2])))],
                feeder.Single()[0] is { ValueKind: System.Text.Json.JsonValueKind.Number } kilowatts ? kilowatts.GetDouble() : null);
            last = status;
        }
    }

    private static Columns Render(Picture picture)
    {
        var status = picture.Status;
        var way = new Table().Border(TableBorder.Rounded).Title("the way of a reading").AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        way.AddRow("gateways online", Text(status.GatewaysOnline));
        way.AddRow("readings per second", Text(picture.ReadingsPerSecond));
        way.AddRow("frames in flight", Text(status.FramesInFlight));
        way.AddRow("rows stored", Text(status.RowsStored));
        way.AddRow("lag", $"{Text(status.LagMs)} ms");
        way.AddRow("sealed to stored, p50 / p99", $"{Text(status.StoredP50Ms)} / {Text(status.StoredP99Ms)} ms");
        way.AddRow("frames repeated / rejected", $"{Text(status.FramesDuplicate)} / {Text(status.FramesRejected)}");

        var meaning = new Table().Border(TableBorder.Rounded).Title("what it says").AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        foreach (var site in picture.Occupancy)
        {
            meaning.AddRow($"{Markup.Escape(site.Site)}: bays occupied", $"{site.Occupied} of {site.Bays}");
        }

        meaning.AddRow("feeder power", Power(picture));
        return new Columns(way, meaning) { Expand = false };
    }

    private static string Line(Picture picture)
    {
        var status = picture.Status;
        var occupancy = string.Join(", ", picture.Occupancy.Select(site => $"{site.Site} {site.Occupied}/{site.Bays}"));
        return $"{Text(picture.ReadingsPerSecond)} readings/s, {Text(status.FramesInFlight)} frames in flight, {Text(status.RowsStored)} rows stored, "
            + $"lag {Text(status.LagMs)} ms, occupied: {occupancy}, feeder {Power(picture)}";
    }

    private static string Power(Picture picture) => picture.FeederKilowatts is { } kilowatts ? kilowatts.ToString("0.0 kW", CultureInfo.InvariantCulture) : "unknown";

    private static string Text(double? value) => value?.ToString("#,0", CultureInfo.InvariantCulture) ?? "-";

    private static int Whole(System.Text.Json.JsonElement value) =>
        value.ValueKind == System.Text.Json.JsonValueKind.String ? int.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt32();

    private sealed record SiteOccupancy(string Site, int Occupied, int Bays);

    private sealed record Picture(CloudStatus Status, double ReadingsPerSecond, SiteOccupancy[] Occupancy, double? FeederKilowatts);
}
