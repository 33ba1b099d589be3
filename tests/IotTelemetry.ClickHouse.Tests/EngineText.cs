using System.Text;

namespace IotTelemetry.ClickHouse.Tests;

internal static class EngineText
{
    /// <summary>A query's result as text.</summary>
    public static async Task<string> TextAsync(
        this IClickHouseEngine engine,
        string sql,
        string format = "TSV",
        ClickHouseParameters? parameters = null,
        IReadOnlyDictionary<string, string>? settings = null,
        CancellationToken cancellationToken = default)
    {
        using MemoryStream output = new();
        await engine.QueryAsync(sql, format, output, parameters, settings, cancellationToken);
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }
}
