using System.Globalization;

namespace IotTelemetry.Edge.Replay;

/// <summary>What came of a replay.</summary>
internal sealed record ReplaySummary(long Rows, long BadRows, long RepeatedRows, long MissingValues, long Readings, bool Confirmed)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"rows={Rows} bad={BadRows} repeated={RepeatedRows} missing={MissingValues} readings={Readings} confirmed={(Confirmed ? "all" : "not all")}");
}
