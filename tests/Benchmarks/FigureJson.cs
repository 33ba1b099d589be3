using System.Text.Json;

namespace IotTelemetry.Benchmarks;

internal static class FigureJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}
