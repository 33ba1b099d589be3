using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Health;

/// <summary>A board with the gateway itself as one more asset: its memory, processor, disk, outbox and connection, polled like everything else.</summary>
internal sealed class HealthBoard : IBoard
{
    /// <summary>The name and kind of the asset.</summary>
    public const string AssetName = "gateway";

    private readonly IBoard _board;
    private readonly TimeProvider _time;
    private readonly HealthPoint[] _health;

    /// <param name="board">The board; owned from now on.</param>
    /// <param name="stateDirectory">The directory whose disk is watched.</param>
    /// <param name="time">The clock.</param>
    public HealthBoard(IBoard board, string stateDirectory, TimeProvider time)
    {
        _board = board;
        _time = time;
        Assets = [.. board.Assets, new BoardAsset(AssetName, AssetName, null, null, new Dictionary<string, string>())];
        _health = [.. Describe(board.Assets.Count, stateDirectory, new ProcessorShare(time), ThermalZones.Find())];
        Points = [.. board.Points, .. _health.Select(h => h.Point)];
    }

    public string Name => _board.Name;

    public IReadOnlyList<BoardAsset> Assets { get; }

    public IReadOnlyList<BoardPoint> Points { get; }

    /// <summary>What outbox and uplink say; null while no agent runs on the board, and then their points cannot be read.</summary>
    public Func<GatewayCondition>? Gateway { get; set; }

    public Task RunAsync(IRawValueSink sink, CancellationToken stopping) => _board.RunAsync(sink, stopping);

    public RawValue Read(int point) => point < _board.Points.Count
        ? _board.Read(point)
        : new RawValue(point, _time.GetUtcNow().ToUnixTimeMilliseconds(), _health[point - _board.Points.Count].Read(), RawQuality.Good);

    public void Write(int point, double value) => _board.Write(point, value);

    public ValueTask DisposeAsync() => _board.DisposeAsync();

    private GatewayCondition Condition() => Gateway?.Invoke() ?? throw new IOException("no agent runs on this board, which could tell of its outbox and its connection");

    private IEnumerable<HealthPoint> Describe(int asset, string stateDirectory, ProcessorShare processor, string[] zones)
    {
        const double MostBytes = 1L << 50;
        yield return new HealthPoint(BoardPoint.Analog(asset, "rss_bytes", "B", 1, 0, MostBytes), static () => Environment.WorkingSet);
        yield return new HealthPoint(BoardPoint.Analog(asset, "cpu_percent", "%", 0.01, 0, 100 * Environment.ProcessorCount), processor.Percent);
        yield return new HealthPoint(BoardPoint.Analog(asset, "disk_free_bytes", "B", 1, 0, MostBytes), () => new DriveInfo(stateDirectory).AvailableFreeSpace);
        yield return new HealthPoint(BoardPoint.Analog(asset, "outbox_frames", "", 1, 0, MostBytes), () => Condition().OutboxFrames);
        yield return new HealthPoint(BoardPoint.Analog(asset, "outbox_bytes", "B", 1, 0, MostBytes), () => Condition().OutboxBytes);
        yield return new HealthPoint(BoardPoint.Counter(asset, "dropped", "", 1), () => Condition().ReadingsDropped);
        yield return new HealthPoint(BoardPoint.Counter(asset, "reconnects", "", 1), () => Condition().Reconnects);
        if (zones.Length > 0)
        {
            yield return new HealthPoint(BoardPoint.Analog(asset, "temperature_c", "degC", 0.1, -60, 150), () => ThermalZones.Hottest(zones));
        }
    }
}
