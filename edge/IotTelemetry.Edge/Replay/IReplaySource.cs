using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Replay;

/// <summary>A file as a source of readings.</summary>
internal interface IReplaySource
{
    IReadOnlyList<BoardAsset> Assets { get; }

    IReadOnlyList<BoardPoint> Points { get; }

    /// <summary>The readings in order of time, to be asked for once. Bad rows are reported to the counts that the source was opened with.</summary>
    IEnumerable<ReplayReading> Readings();
}
