using System.Diagnostics;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>Wall clock, processor time and allocation from its start.</summary>
internal sealed class Measurement
{
    private readonly TimeSpan _processor = Process.GetCurrentProcess().TotalProcessorTime;
    private readonly long _allocated = GC.GetTotalAllocatedBytes(precise: true);
    private readonly long _started = Stopwatch.GetTimestamp();

    public MqttFigure Finish(string work, long messages)
    {
        var elapsed = Stopwatch.GetElapsedTime(_started);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - _allocated;
        var processor = Process.GetCurrentProcess().TotalProcessorTime - _processor;
        return new MqttFigure(work, messages / elapsed.TotalSeconds, (double)allocated / messages, processor.TotalMicroseconds / messages);
    }
}
