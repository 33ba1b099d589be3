using System.Text.Json;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Control;
using IotTelemetry.Edge.Sampling;

namespace IotTelemetry.Edge.Live;

/// <summary>Lists the points of a board with what they show. Thread-safe.</summary>
/// <param name="board">The board.</param>
/// <param name="lastReported">The last reading of a point; null before the first.</param>
/// <param name="clock">Makes real times of the board's.</param>
internal sealed class PointList(LiveBoard board, Func<int, Reading?> lastReported, IGatewayClock clock)
{
    /// <summary>The verb over the control socket.</summary>
    public const string Verb = "points";

    /// <summary>Answers the verb: a line for each point.</summary>
    public async Task AnswerAsync(ControlRequest request, ControlPeer peer, ControlReply reply, CancellationToken stopping)
    {
        foreach (var line in Lines())
        {
            await reply.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, ControlJson.Default.PointLine));
        }
    }

    /// <summary>All points in the order of the board.</summary>
    public IEnumerable<PointLine> Lines()
    {
        for (var point = 0; point < board.Points.Count; point++)
        {
            yield return Line(point);
        }
    }

    private PointLine Line(int point)
    {
        var definition = board.Points[point];
        var live = board.Last(point);
        var reported = lastReported(point);
        return new PointLine
        {
            Point = $"{board.Assets[definition.Asset].Id}/{definition.Name}",
            Value = Finite(live?.Value),
            Unit = definition.Unit.Length > 0 ? definition.Unit : null,
            Quality = live?.Quality.ToString().ToLowerInvariant(),
            AtMs = Real(live?.TimestampMs),
            Reported = Finite(reported?.Value),
            ReportedAtMs = Real(reported?.TimestampMs),
            Settable = definition.Settable,
        };
    }

    private long? Real(long? steadyMs) => steadyMs is { } given ? clock.ToRealMs(given) : null;

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
