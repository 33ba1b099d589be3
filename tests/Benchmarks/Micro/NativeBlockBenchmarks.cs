using System.Buffers;
using BenchmarkDotNet.Attributes;
using IotTelemetry.Benchmarks.ClickHouse;

namespace IotTelemetry.Benchmarks.Micro;

/// <summary>One Native block of 10,000 readings.</summary>
public class NativeBlockBenchmarks
{
    private const int Rows = 10_000;

    private readonly ReadingsBlock _block = new();
    private readonly ArrayBufferWriter<byte> _output = new(4 << 20);

    [GlobalSetup]
    public void Setup() => _block.Fill(Rows, 1);

    [Benchmark(Description = "Native: fill a block of 10,000 rows")]
    public void Fill() => _block.Fill(Rows, 1);

    [Benchmark(Description = "Native: write a block of 10,000 rows")]
    public int Write()
    {
        _output.ResetWrittenCount();
        _block.Block.WriteTo(_output);
        return _output.WrittenCount;
    }
}
