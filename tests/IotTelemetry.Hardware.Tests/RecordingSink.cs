using System.Collections.Concurrent;

namespace IotTelemetry.Hardware.Tests;

internal sealed class RecordingSink : IRawValueSink
{
    public ConcurrentQueue<RawValue> Values { get; } = new();

    public void Accept(in RawValue value) => Values.Enqueue(value);
}
