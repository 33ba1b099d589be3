using System.Diagnostics;

namespace IotTelemetry.Benchmarks.ClickHouse;

/// <summary>What a number of rows cost: time on the clock, and time of the processor in all threads of this process, the engine's included.</summary>
internal readonly record struct Cost(long Rows, TimeSpan Elapsed, TimeSpan ProcessorTime)
{
    public static Meter Start() => new(Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);

    public Figure Rate(string work) => new(work, Rows / Elapsed.TotalSeconds, "rows/s", Better.Higher);

    public Figure Processor(string work) => new(work, ProcessorTime.TotalSeconds * 1e6 / Rows, "CPU s/M rows", Better.Lower);

    internal readonly record struct Meter(long Timestamp, TimeSpan ProcessorTime)
    {
        public Cost Stop(long rows) => new(rows, Stopwatch.GetElapsedTime(Timestamp), Process.GetCurrentProcess().TotalProcessorTime - ProcessorTime);
    }
}
