using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Cloud.Batches;

/// <summary>The tables the service writes, with their database.</summary>
internal sealed class StoreTables(DatabaseName database)
{
    public string Readings { get; } = $"{database}.readings";

    public string RollupMinute { get; } = $"{database}.rollup_minute";

    public string RollupHour { get; } = $"{database}.rollup_hour";

    public string Frames { get; } = $"{database}.frames";

    public string Ledger { get; } = $"{database}.ledger";

    public string Unfinished { get; } = $"{database}.unfinished";

    public string InternalTelemetry { get; } = $"{database}.internal_telemetry";

    public string Leases { get; } = $"{database}.leases";

    public string Rejects { get; } = $"{database}.rejects";

    public string GatewayHistory { get; } = $"{database}.gateway_history";

    public string Commands { get; } = $"{database}.commands";

    public string Lockouts { get; } = $"{database}.lockouts";

    public string AssetHistory { get; } = $"{database}.asset_history";

    public string OccupancyHistory { get; } = $"{database}.occupancy_history";

    public string DerivedPositions { get; } = $"{database}.derived_positions";
}
