using System.Diagnostics;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>When frames arrived at the broker, by epoch. Thread-safe.</summary>
internal sealed class FrameArrivals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, EpochArrivals> _epochs = [];
    private readonly List<(ulong Epoch, long At, double LatencyMs)> _frames = [];

    public void Add(in FrameHeader header)
    {
        var (at, latencyMs) = (Stopwatch.GetTimestamp(), (DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds(header.SealedAtMs)).TotalMilliseconds);
        lock (_gate)
        {
            _epochs[header.Epoch] = _epochs.TryGetValue(header.Epoch, out var before)
                ? before with { Readings = before.Readings + header.Readings, LastAt = at }
                : new EpochArrivals(header.Readings, at, at);
            _frames.Add((header.Epoch, at, latencyMs));
        }
    }

    /// <summary>What arrived of an epoch; nothing when it is unknown.</summary>
    public EpochArrivals Of(ulong epoch)
    {
        lock (_gate)
        {
            return _epochs.GetValueOrDefault(epoch);
        }
    }

    /// <summary>Milliseconds from their closing to their arrival of all frames of other epochs until then, shortest first.</summary>
    public double[] LatenciesExcept(ulong epoch, long until)
    {
        lock (_gate)
        {
            return [.. _frames.Where(f => f.Epoch != epoch && f.At <= until).Select(f => f.LatencyMs).Order()];
        }
    }
}
