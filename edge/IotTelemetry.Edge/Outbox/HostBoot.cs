namespace IotTelemetry.Edge.Outbox;

/// <summary>Tells one boot of the machine from another.</summary>
internal static class HostBoot
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(2);

    /// <summary>Whether the machine has just been switched on, as all others of its street may have been.</summary>
    public static bool IsRecent => TimeSpan.FromMilliseconds(Environment.TickCount64) < Recently;

    /// <summary>The kernel's boot id; a new one for each call where there is none, which means: treat every start as a new boot.</summary>
    public static string Id { get; } = File.Exists(Source) ? File.ReadAllText(Source).Trim() : Guid.NewGuid().ToString();
}
