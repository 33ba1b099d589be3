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
            yield return new Figure("meters polled with jitter: size", jitter.BytesPerReading, "bytes/reading", Better.Lower, Goal: 2.0);
        }
        foreach (Figure figure in Compare(OccupancyReplay.Create(), bytesGoal: 4.5, encodeGoal: null, decodeGoal: null, cancellationToken))
        {
            yield return figure;
        }
    }

    private static IEnumerable<Figure> Compare(Replay replay, double bytesGoal, double? encodeGoal, double? decodeGoal, CancellationToken cancellationToken)
    {
        Measurement frames = Measurement.Of(new FrameCodec(FrameCompression.None), replay);
        foreach (IReplayCodec peer in (IReplayCodec[])[new JsonCodec(), new SparkplugCodec()])
        {
            cancellationToken.ThrowIfCancellationRequested();
            Measurement other = Measurement.Of(peer, replay);
            string work = $"{replay.Name}, against {peer.Name}: ";
            yield return new Figure(work + "size", frames.BytesPerReading, "bytes/reading", Better.Lower, bytesGoal, peer.Name, other.BytesPerReading);
            yield return new Figure(work + "size, the peer's with Brotli", frames.BytesPerReading, "bytes/reading", Better.Lower, bytesGoal, peer.Name + " + Brotli", other.BrotliBytesPerReading);
            yield return new Figure(work + "encode", frames.EncodedPerSecond / 1e6, "M readings/s", Better.Higher, encodeGoal, peer.Name, other.EncodedPerSecond / 1e6);
            yield return new Figure(work + "decode", frames.DecodedPerSecond / 1e6, "M readings/s", Better.Higher, decodeGoal, peer.Name, other.DecodedPerSecond / 1e6);
            yield return new Figure(work + "encode, allocated", frames.EncodeAllocation, "bytes/frame", Better.Lower, 0, peer.Name, other.EncodeAllocation);
            yield return new Figure(work + "decode, allocated", frames.DecodeAllocation, "bytes/frame", Better.Lower, 0, peer.Name, other.DecodeAllocation);
        }
        cancellationToken.ThrowIfCancellationRequested();
        Measurement brotli = Measurement.Of(new FrameCodec(FrameCompression.WhenSmaller), replay);
        yield return new Figure($"{replay.Name}, Brotli where smaller: size", brotli.BytesPerReading, "bytes/reading", Better.Lower, bytesGoal, "frames without", frames.BytesPerReading);
        yield return new Figure($"{replay.Name}, Brotli where smaller: encode", brotli.EncodedPerSecond / 1e6, "M readings/s", Better.Higher, Peer: "frames without", PeerValue: frames.EncodedPerSecond / 1e6);
        yield return new Figure($"{replay.Name}, Brotli where smaller: decode", brotli.DecodedPerSecond / 1e6, "M readings/s", Better.Higher, Peer: "frames without", PeerValue: frames.DecodedPerSecond / 1e6);
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
