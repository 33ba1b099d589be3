using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>
/// Lines held by this process: values, and edges in batches. <see cref="Set"/> and <see cref="Get"/> may be called from any thread;
/// <see cref="ReadEdges"/> from one thread at a time. Closing it frees the lines; what the pins then do is up to the chip's driver.
/// </summary>
public sealed unsafe class GpioLineRequest : IDisposable
{
    /// <summary>Edges read by one system call.</summary>
    private const int BatchSize = 64;

    private readonly string _description;
    private readonly int[] _lineOfOffset;
    private readonly uint[] _lastSequence;

    internal GpioLineRequest(FileDescriptor file, string description, IReadOnlyList<GpioLineSettings> lines)
    {
        File = file;
        _description = description;
        _lastSequence = new uint[lines.Count];
        _lineOfOffset = new int[lines.Max(l => l.Offset) + 1];
        for (var i = 0; i < lines.Count; i++)
        {
            _lineOfOffset[lines[i].Offset] = i;
        }

        Count = lines.Count;
    }

    /// <summary>How many lines.</summary>
    public int Count { get; }

    /// <summary>Edges lost so far because the kernel's buffer was full (the kernel keeps the newest).</summary>
    public long EdgesLost { get; private set; }

    /// <summary>For epoll.</summary>
    internal FileDescriptor File { get; }

    /// <summary>The logical values of all lines; bit i is line i of the request.</summary>
    /// <exception cref="LinuxException">The chip is gone or the read failed.</exception>
    public ulong Get()
    {
        var values = new GpioLineValues { Mask = Count == 64 ? ulong.MaxValue : (1UL << Count) - 1 };
        return LibC.Control(File, GpioAbi.GetValues, &values) < 0
            ? throw new LinuxException($"reading {_description}", LibC.LastError)
            : values.Bits;
    }

    /// <summary>Sets the logical values of the outputs in <paramref name="mask"/>, at one moment where the chip can.</summary>
    /// <exception cref="LinuxException">The chip is gone, a line is an input, or the write failed.</exception>
    public void Set(ulong bits, ulong mask)
    {
        var values = new GpioLineValues { Bits = bits, Mask = mask };
        if (LibC.Control(File, GpioAbi.SetValues, &values) < 0)
        {
            throw new LinuxException($"setting {_description}", LibC.LastError);
        }
    }

    /// <summary>Reads what the kernel has buffered, without waiting; returns how many edges were written to <paramref name="edges"/>, 0 when there are none.</summary>
    /// <exception cref="LinuxException">The chip is gone or the read failed.</exception>
    public int ReadEdges(Span<GpioEdge> edges)
    {
        var events = stackalloc GpioLineEventData[BatchSize];
        var wanted = Math.Min(edges.Length, BatchSize);
        var bytes = LibC.Read(File, events, (nuint)(wanted * sizeof(GpioLineEventData)));
        if (bytes < 0)
        {
            var errno = LibC.LastError;
            return errno is Errno.TryAgain or Errno.Interrupted ? 0 : throw new LinuxException($"reading edges of {_description}", errno);
        }

        var count = (int)bytes / sizeof(GpioLineEventData);
        for (var i = 0; i < count; i++)
        {
            var line = _lineOfOffset[events[i].Offset];

            // line_seqno counts this line's edges from 1 and also counts those that found the buffer full; unsigned, so that it may wrap.
            var lost = events[i].LineSequence - _lastSequence[line] - 1;
            _lastSequence[line] = events[i].LineSequence;
            EdgesLost += lost;
            edges[i] = new GpioEdge(line, events[i].Id == GpioAbi.EventRisingEdge, (long)events[i].TimestampNs, lost);
        }

        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
