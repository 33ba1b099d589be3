using System.Runtime.CompilerServices;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Protocol;

/// <summary>Size and speed of frames against compact JSON and Sparkplug B, on the same readings.</summary>
internal sealed class ProtocolSuite : ISuite
{
    private const string HouseholdExport = "household-power-2007-02-01.csv";

    public string Name => "protocol";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        string? export = FindExport();
        if (export is null)
        {
            Console.Error.WriteLine($"protocol: shared/data/{HouseholdExport} is not beside or above this program, so the meters are left out.");
        }
        else
        {
            Replay meters = MeterReplay.Read(export, hasJitter: false);
            foreach (Figure figure in Compare(meters, bytesGoal: 2.0, encodeGoal: 10, decodeGoal: 20, cancellationToken))
            {
                yield return figure;
            }
            Measurement jitter = Measurement.Of(new FrameCodec(FrameCompression.None), MeterReplay.Read(export, hasJitter: true));
            yield return new Figure("meters, polled with jitter: size", jitter.BytesPerReading, "B/reading", Better.Lower, Goal: 2.0);
        }
        foreach (Figure figure in Compare(OccupancyReplay.Create(), bytesGoal: 4.5, encodeGoal: null, decodeGoal: null, cancellationToken))
        {
            yield return figure;
        }
    }

    private static IEnumerable<Figure> Compare(Replay replay, double bytesGoal, double? encodeGoal, double? decodeGoal, CancellationToken cancellationToken)
    {
        Measurement frames = Measurement.Of(new FrameCodec(FrameCompression.None), replay);
        foreach (IReplayCodec codec in (IReplayCodec[])[new JsonCodec(), new SparkplugCodec()])
        {
            cancellationToken.ThrowIfCancellationRequested();
            Measurement peer = Measurement.Of(codec, replay);
            string withBrotli = codec.Name + " + Brotli";
            yield return Size("size", frames.BytesPerReading, codec.Name, peer.BytesPerReading);
            yield return Size("size", frames.BytesPerReading, withBrotli, peer.BrotliBytesPerReading);
            yield return Speed("encode", frames.EncodedPerSecond, codec.Name, peer.EncodedPerSecond, encodeGoal);
            yield return Speed("decode", frames.DecodedPerSecond, codec.Name, peer.DecodedPerSecond, decodeGoal);
            yield return Allocation("encode, allocated", frames.EncodeAllocation, codec.Name, peer.EncodeAllocation);
            yield return Allocation("decode, allocated", frames.DecodeAllocation, codec.Name, peer.DecodeAllocation);
        }
        cancellationToken.ThrowIfCancellationRequested();
        Measurement brotli = Measurement.Of(new FrameCodec(FrameCompression.WhenSmaller), replay);
        const string Plain = "frames without";
        yield return Size("size, Brotli where smaller", brotli.BytesPerReading, Plain, frames.BytesPerReading);
        yield return Speed("encode, Brotli tried", brotli.EncodedPerSecond, Plain, frames.EncodedPerSecond, goal: null);
        yield return Speed("decode, Brotli where smaller", brotli.DecodedPerSecond, Plain, frames.DecodedPerSecond, goal: null);

        Figure Size(string work, double value, string peer, double peerValue) =>
            new($"{replay.Name}: {work}", value, "B/reading", Better.Lower, bytesGoal, peer, peerValue);

        Figure Speed(string work, double value, string peer, double peerValue, double? goal) =>
            new($"{replay.Name}: {work}", value / 1e6, "M/s", Better.Higher, goal, peer, peerValue / 1e6);

        Figure Allocation(string work, double value, string peer, double peerValue) =>
            new($"{replay.Name}: {work}", value, "B/frame", Better.Lower, 0, peer, peerValue);
    }

    private static string? FindExport()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string file = Path.Combine(directory.FullName, "shared", "data", HouseholdExport);
            if (File.Exists(file))
            {
                return file;
            }
        }
        return null;
    }
}
