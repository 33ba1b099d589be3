using System.Globalization;

namespace IotTelemetry.Edge.Replay;

/// <summary>What came of a replay.</summary>
internal sealed record ReplaySummary(long Rows, long BadRows, long RepeatedRows, long MissingValues, long Readings, long RefusedFrames, bool Drained)
{
    /// <summary>Whether every reading is stored.</summary>
    public bool Confirmed => Drained && RefusedFrames == 0;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"rows={Rows} bad={BadRows} repeated={RepeatedRows} missing={MissingValues} readings={Readings} refusedFrames={RefusedFrames} confirmed={(Confirmed ? "all" : "not all")}");
}
