namespace IotTelemetry.Cloud.Telemetry;

/// <summary>Log messages of what the service measures of itself. Event ids are stable.</summary>
internal static partial class TelemetryLog
{
    [LoggerMessage(820, LogLevel.Warning, "The store did not take a sample of internal_telemetry; such samples are left out until it does")]
    public static partial void SampleLost(ILogger logger, Exception exception);
}
