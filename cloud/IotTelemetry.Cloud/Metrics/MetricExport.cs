using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace IotTelemetry.Cloud.Metrics;

/// <summary>Sends metrics by OTLP when OpenTelemetry's own environment variables name an endpoint; they say everything else too (protocol, headers, interval).</summary>
internal static class MetricExport
{
    /// <summary>Meters that are read at <c>/metrics</c> and exported.</summary>
    public static bool IsWanted(string meter) => meter.StartsWith("IotTelemetry.", StringComparison.Ordinal) || meter is "System.Runtime" or "Microsoft.AspNetCore.Server.Kestrel";

    /// <summary>Begins to export; null when nothing is configured. Dispose it to send the last figures.</summary>
    public static MeterProvider? Start()
    {
        bool isConfigured = IsSet("OTEL_EXPORTER_OTLP_ENDPOINT") || IsSet("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        if (!isConfigured || string.Equals(Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // Before the environment's resource, so that OTEL_SERVICE_NAME wins.
        return Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("iot-cloud").AddTelemetrySdk().AddEnvironmentVariableDetector())
            .AddMeter("IotTelemetry.*", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
            .AddOtlpExporter()
            .Build();
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
