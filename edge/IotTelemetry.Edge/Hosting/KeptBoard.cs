using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Hosting;

/// <summary>A board that outlives the agent that runs on it when the next one runs on the same: no output moves in between.</summary>
/// <param name="inner">The board.</param>
internal sealed class KeptBoard(IBoard inner) : IBoard
{
    /// <summary>Whether the board stays open when its agent disposes of it.</summary>
    public bool Keep { get; set; }

    public string Name => inner.Name;

    public IReadOnlyList<BoardAsset> Assets => inner.Assets;

    public IReadOnlyList<BoardPoint> Points => inner.Points;

    public Task RunAsync(IRawValueSink sink, CancellationToken stopping) => inner.RunAsync(sink, stopping);

    public RawValue Read(int point) => inner.Read(point);

    public void Write(int point, double value) => inner.Write(point, value);

    public ValueTask DisposeAsync() => Keep ? ValueTask.CompletedTask : inner.DisposeAsync();
}
