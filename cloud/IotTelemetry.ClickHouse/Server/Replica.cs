namespace IotTelemetry.ClickHouse.Server;

/// <summary>One server, and what is known of its health.</summary>
internal sealed class Replica(Uri endpoint)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    public Uri Endpoint { get; } = endpoint;

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>Not chosen before this moment while another replica can be.</summary>
    public DateTimeOffset NotBefore { get; private set; }

    public void Succeeded()
    {
        Failures = 0;
        NotBefore = default;
    }

    public void Failed(DateTimeOffset now)
    {
        NotBefore = now + TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(Failures, 10)));
        Failures++;
    }
}
