using IotTelemetry.ClickHouse;

namespace IotTelemetry.Cloud.Door.Sessions;

/// <summary>
/// What a client keeps from statement to statement: settings, database, and a connection with its temporary tables. One statement at a time has it; the settings are
/// kept here and go with each statement, so nothing of them stays on a connection.
/// </summary>
internal sealed class DoorSession(IClickHouseSession connection)
{
    /// <summary>The connection, for this session alone.</summary>
    public IClickHouseSession Connection { get; } = connection;

    /// <summary>Settings that SET has changed, checked.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    /// <summary>Database that USE has chosen; null: <c>default</c>.</summary>
    public string? Database { get; set; }
}
