using System.Collections.Concurrent;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>As many readers as frames were ever decoded at the same time. Thread-safe.</summary>
internal sealed class FrameReaderPool(IngestOptions options)
{
    private readonly ConcurrentBag<FrameReader> _readers = [];

    public FrameReader Rent() => _readers.TryTake(out FrameReader? reader) ? reader : new FrameReader(options);

    public void Return(FrameReader reader) => _readers.Add(reader);
}
