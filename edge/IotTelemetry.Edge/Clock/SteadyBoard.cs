using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Clock;

/// <summary>A board whose values are stamped on the steady timeline, whatever the real-time clock does meanwhile. Thread-safe.</summary>
/// <param name="inner">The driver's board, which stamps by the real-time clock; disposed with this.</param>
/// <param name="time">The real-time clock.</param>
/// <param name="steady">The steady timeline.</param>
internal sealed class SteadyBoard(IBoard inner, TimeProvider time, SteadyTime steady) : IBoard
{
    /// <summary>No driver keeps a value back for longer: a stamp that is older was made before the clock was set.</summary>
    private const long LongestDelayMs = 600_000;

    /// <summary>A driver's rounding may put a stamp so far ahead.</summary>
    private const long LongestAheadMs = 100;

    public string Name => inner.Name;

    public IReadOnlyList<BoardAsset> Assets => inner.Assets;

    public IReadOnlyList<BoardPoint> Points => inner.Points;

    public Task RunAsync(IRawValueSink sink, CancellationToken stopping) => inner.RunAsync(new Sink(this, sink), stopping);

    public RawValue Read(int point) => Steady(inner.Read(point));

    public void Write(int point, double value) => inner.Write(point, value);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private RawValue Steady(in RawValue value)
    {
        var age = time.GetUtcNow().ToUnixTimeMilliseconds() - value.TimestampMs;
        return value with { TimestampMs = steady.GetUtcNow().ToUnixTimeMilliseconds() - (age is >= -LongestAheadMs and <= LongestDelayMs ? Math.Max(age, 0) : 0) };
    }

    private sealed class Sink(SteadyBoard board, IRawValueSink target) : IRawValueSink
    {
        public void Accept(in RawValue value) => target.Accept(board.Steady(value));
    }
}
