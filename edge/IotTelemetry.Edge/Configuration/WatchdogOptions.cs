namespace IotTelemetry.Edge.Configuration;

/// <summary>The machine's watchdog timer, when the agent shall feed it.</summary>
/// <param name="Device">Such as <c>/dev/watchdog</c>.</param>
/// <param name="Timeout">After so long without the agent the machine is reset; whole seconds.</param>
internal sealed record WatchdogOptions(string Device, TimeSpan Timeout)
{
    public const int SmallestTimeoutSeconds = 5;
    public const int LargestTimeoutSeconds = 3600;
    public const int DefaultTimeoutSeconds = 60;
}
