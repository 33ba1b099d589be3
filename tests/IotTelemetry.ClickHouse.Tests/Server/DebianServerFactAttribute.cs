namespace IotTelemetry.ClickHouse.Tests.Server;

/// <summary>A test that needs Debian's clickhouse-server, and is skipped where it is not installed.</summary>
public sealed class DebianServerFactAttribute : FactAttribute
{
    public DebianServerFactAttribute()
    {
        if (DebianServer.Find() is null)
        {
            Skip = "clickhouse-server is not installed: apt-get install clickhouse-server";
        }
    }
}
