using Microsoft.Extensions.Logging;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Gathers the points, lines and drivers while a board is made.</summary>
internal sealed class BoardBuilder(LinuxBoardOptions options, TimeProvider time, ILogger logger)
{
    public LinuxBoardOptions Options => options;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public BoardSink Sink { get; } = new();

    public BoardCounters Counters { get; } = new();

    public List<BoardPoint> Points { get; } = [];

    public List<BoardLine> Lines { get; } = [];

    public List<ILoopTask> Tasks { get; } = [];

    public EchoRound Echoes { get; } = new();

    public Dictionary<int, IPolledSource> Sources { get; } = [];

    public Dictionary<int, IOutput> Outputs { get; } = [];

    /// <summary>Adds a point; returns its index.</summary>
    public int Add(BoardPoint point)
    {
        Points.Add(point);
        return Points.Count - 1;
    }

    /// <summary>What a point is called in messages.</summary>
    public string Use(int asset, string point) => $"{options.Assets[asset].Asset.Id}/{point}";
}
