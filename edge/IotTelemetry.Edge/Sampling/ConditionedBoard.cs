using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Sampling;

/// <summary>A board whose values are conditioned by the points' rules before anybody sees them (see <see cref="PointConditioner"/>).</summary>
internal sealed class ConditionedBoard : IBoard
{
    private readonly IBoard _board;
    private readonly PointConditioner?[] _conditioners;

    /// <param name="board">The board; owned from now on.</param>
    /// <param name="rules">One rule per point.</param>
    public ConditionedBoard(IBoard board, IReadOnlyList<PointRule> rules)
    {
        _board = board;
        _conditioners = [.. board.Points.Select((point, i) => PointConditioner.For(point, rules[i]))];
        Points = [.. board.Points.Select((point, i) => PointConditioner.Describe(point, rules[i]))];
    }

    public string Name => _board.Name;

    public IReadOnlyList<BoardAsset> Assets => _board.Assets;

    public IReadOnlyList<BoardPoint> Points { get; }

    public Task RunAsync(IRawValueSink sink, CancellationToken stopping) => _board.RunAsync(new Sink(this, sink), stopping);

    public RawValue Read(int point) => Condition(_board.Read(point));

    public void Write(int point, double value) => _board.Write(point, value);

    public ValueTask DisposeAsync() => _board.DisposeAsync();

    private RawValue Condition(in RawValue value) => _conditioners[value.Point] is { } conditioner ? conditioner.Condition(value) : value;

    private sealed class Sink(ConditionedBoard board, IRawValueSink target) : IRawValueSink
    {
        public void Accept(in RawValue value) => target.Accept(board.Condition(value));
    }
}
