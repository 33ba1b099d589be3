using IotTelemetry.ClickHouse;

namespace IotTelemetry.Cloud.Door;

/// <summary>A query that passed the guard.</summary>
/// <param name="Sql">One statement.</param>
/// <param name="Format">The format of the answer: of the FORMAT clause, or the default that was asked for.</param>
/// <param name="Parameters">Values of its placeholders.</param>
/// <param name="Settings">ClickHouse settings for it.</param>
internal sealed record DoorQuery(string Sql, string Format, ClickHouseParameters Parameters, IReadOnlyDictionary<string, string> Settings);
