using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Tests;

/// <summary>A board that does what the test says: two loads, each with a settable <c>state</c> and a polled <c>power_w</c>.</summary>
internal sealed class StubBoard(IReadOnlyList<BoardPoint>? points = null, IReadOnlyList<BoardAsset>? assets = null) : IBoard
{
    public string Name => "stub";

    public IReadOnlyList<BoardAsset> Assets { get; } = assets ??
        [.. new[] { "load-01", "load-02" }.Select(id => new BoardAsset(id, "ev_charger", null, null, new Dictionary<string, string>()))];

    public IReadOnlyList<BoardPoint> Points { get; } = points ??
    [
        BoardPoint.Digital(0, "state", settable: true), BoardPoint.Analog(0, "power_w", "W", 1, 0, 1000),
        BoardPoint.Digital(1, "state", settable: true), BoardPoint.Analog(1, "power_w", "W", 1, 0, 1000),
    ];

    public List<(int Point, double Value)> Writes { get; } = [];

    /// <summary>What a poll answers; throw to let it fail.</summary>
    public Func<int, RawValue> OnRead { get; set; } = _ => throw new IOException("no answer");

    public Exception? WriteFails { get; set; }

    /// <summary>Pushed values go in here while it runs.</summary>
    public TaskCompletionSource<IRawValueSink> Running { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task RunAsync(IRawValueSink sink, CancellationToken stopping)
    {
        Running.TrySetResult(sink);
        await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public RawValue Read(int point) => OnRead(point);

    public void Write(int point, double value)
    {
        if (WriteFails is { } failure)
        {
            throw failure;
        }

        Writes.Add((point, value));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
