namespace IotTelemetry.Mqtt.Tests;

/// <summary>Bounds every wait of a test: what does not happen fails, it never hangs.</summary>
internal static class Within
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task<T> Time<T>(Task<T> task) => task.WaitAsync(Limit);

    public static Task Time(Task task) => task.WaitAsync(Limit);

    public static Task<T> Time<T>(ValueTask<T> task) => task.AsTask().WaitAsync(Limit);
}
