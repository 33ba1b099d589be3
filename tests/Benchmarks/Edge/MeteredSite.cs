using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>The writing half of an agent, in this process: meters whose readings go through framing into an outbox on the disk.</summary>
internal sealed class MeteredSite : IDisposable
{
    private readonly double[] _watts;
    private readonly Random _random = new(5);

    /// <param name="stateDirectory">Where the outbox lies.</param>
    /// <param name="meters">How many meters, each with one point.</param>
    /// <param name="maximumReadings">Readings in a frame at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="outbox">Changes the outbox's defaults.</param>
    /// <param name="maximumAge">How long a frame waits for readings at most; null for the default.</param>
    public MeteredSite(string stateDirectory, int meters, int maximumReadings, TimeProvider time, Func<OutboxOptions, OutboxOptions>? outbox = null, TimeSpan? maximumAge = null)
    {
        var options = new OutboxOptions { Directory = Path.Combine(stateDirectory, "outbox") };
        Outbox = FrameOutbox.Open(outbox?.Invoke(options) ?? options, time, _random, NullLogger.Instance);
        BoardAsset[] assets = [.. Enumerable.Range(0, meters).Select(i => new BoardAsset($"meter-{i:D3}", "meter", null, null, new Dictionary<string, string>()))];
        BoardPoint[] points = [.. Enumerable.Range(0, meters).Select(i => BoardPoint.Analog(i, "power_w", "W", 1, 0, 100_000))];
        var header = new BirthHeader { Gateway = new GatewayId("bench", "gw"), SoftwareVersion = "1.0.0", Board = "meters", BootId = "bench", Epoch = Outbox.CurrentEpoch };
        var birth = BirthBuilder.Build(header, assets, points, [.. points.Select(_ => new PointRule())]);
        Outbox.SetBirth(birth.Encode(), _ => true);
        var framing = new FramingOptions { MaximumReadings = maximumReadings };
        Frames = new FrameBuilder(Outbox, birth, framing with { MaximumAge = maximumAge ?? framing.MaximumAge }, new AssumedClock(time, ClockQuality.Synchronised), time, NullLogger.Instance);
        _watts = new double[meters];
        Array.Fill(_watts, 2_000);
    }

    public FrameOutbox Outbox { get; }

    public FrameBuilder Frames { get; }

    /// <summary>One reading of every meter, each some watts from its last one and a few milliseconds after its neighbour's.</summary>
    public void ReadAll(long timestampMs)
    {
        for (var meter = 0; meter < _watts.Length; meter++)
        {
            _watts[meter] = Math.Clamp(_watts[meter] + _random.Next(-20, 21), 0, 100_000);
            Frames.Add(meter, timestampMs + (meter * 7), _watts[meter], Quality.Good);
        }
    }

    /// <summary>Bytes of all frames that still lie in the current epoch, confirmed or not.</summary>
    public long PayloadBytes()
    {
        using var reader = new OutboxReader(Outbox, Outbox.CurrentEpoch, 0);
        long bytes = 0;
        while (reader.TryRead(out var frame))
        {
            bytes += frame.Length;
            frame.Return();
        }

        return bytes;
    }

    public void Dispose() => Outbox.Dispose();
}
