using System.Text.Json;
using System.Text.Json.Serialization;

namespace IotTelemetry.Demo;

/// <summary>The result of a bounded run, as <c>--json FILE</c> writes it.</summary>
public sealed record DemoReport(
    [property: JsonPropertyName("gateways")] int Gateways,
    [property: JsonPropertyName("readingsSent")] long ReadingsSent,
    [property: JsonPropertyName("rowsStored")] long RowsStored,
    [property: JsonPropertyName("duplicates")] long Duplicates,
    [property: JsonPropertyName("lost")] long Lost,
    [property: JsonPropertyName("storedP50Ms")] double StoredP50Ms,
    [property: JsonPropertyName("storedP99Ms")] double StoredP99Ms)
{
    /// <summary>Time from the sealing of a frame on the gateway to its confirmation as stored, over all frames of the run, in milliseconds.</summary>
    private const string LatencySql =
        "SELECT quantile(0.5)(ms), quantile(0.99)(ms) FROM (SELECT dateDiff('millisecond', sealed_at, stored_at) AS ms FROM iot.frames)";

    /// <summary>Asks ClickHouse for everything but what the gateways know themselves.</summary>
    public static async Task<DemoReport> TakeAsync(CloudService cloud, int gateways, long readingsSent, CancellationToken cancellationToken)
    {
        var balance = await Balance.TakeAsync(cloud, readingsSent, cancellationToken).ConfigureAwait(false);
        var latency = (await cloud.QueryAsync(LatencySql, cancellationToken).ConfigureAwait(false)).Single();
        return new DemoReport(
            gateways, balance.ReadingsSent, balance.RowsStored, balance.Duplicates, balance.Lost, Number(latency[0]), Number(latency[1]));
    }

    /// <summary>Every reading sent is stored exactly once, and there was at least one.</summary>
    [JsonIgnore]
    public bool Exact => Lost == 0 && Duplicates == 0 && ReadingsSent > 0;

    /// <summary>Writes the report as one JSON object.</summary>
    public async Task WriteAsync(FileInfo file, CancellationToken cancellationToken) =>
        await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(this) + Environment.NewLine, cancellationToken).ConfigureAwait(false);

    // ClickHouse writes the quantile of nothing as null.
    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? Math.Round(value.GetDouble(), 1) : 0;
}
