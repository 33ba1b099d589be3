using System.Buffers;
using BenchmarkDotNet.Attributes;
using IotTelemetry.Benchmarks.Protocol;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Micro;

/// <summary>One frame of 50 occupancy events.</summary>
public class FrameBenchmarks
{
    private readonly Replay _replay = OccupancyReplay.Create();
    private readonly FrameCodec _codec = new(FrameCompression.None);
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private byte[] _frame = [];

    [GlobalSetup]
    public void Setup()
    {
        Encode();
        _frame = _output.WrittenSpan.ToArray();
    }

    [Benchmark(Description = "frame: encode 50 events")]
    public int Encode()
    {
        _output.ResetWrittenCount();
        _codec.Encode(_replay, 0, _output);
        return _output.WrittenCount;
    }

    [Benchmark(Description = "frame: decode 50 events")]
    public int Decode() => _codec.Decode(_replay, _frame);
}
