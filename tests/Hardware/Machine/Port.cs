using System.Text;

namespace IotTelemetry.Hardware.Qemu.Tests.Machine;

/// <summary>A line-by-line conversation with the machine; everything it said is kept.</summary>
internal sealed class Port : IDisposable
{
    private readonly Stream _stream;
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _more = NewSignal();

    public Port(Stream stream)
    {
        _stream = stream;
        _ = ReadAsync();
    }

    /// <summary>How many lines it has said.</summary>
    public int Mark()
    {
        lock (_gate)
        {
            return _lines.Count;
        }
    }

    public IReadOnlyList<string> Since(int mark)
    {
        lock (_gate)
        {
            return _lines[mark..];
        }
    }

    public async Task SendAsync(string line) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>The first line, said or to be said, from <paramref name="mark"/> on that fits.</summary>
    /// <exception cref="TimeoutException">It was not said in time; the message has what was.</exception>
    public async Task<string> WaitAsync(Func<string, bool> fits, TimeSpan timeOut, int mark = 0)
    {
        using var cancellation = new CancellationTokenSource(timeOut);
        var seen = mark;
        while (true)
        {
            Task more;
            lock (_gate)
            {
                for (; seen < _lines.Count; seen++)
                {
                    if (fits(_lines[seen]))
                    {
                        return _lines[seen];
                    }
                }

                more = _more.Task;
            }

            try
            {
                await more.WaitAsync(cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"not said within {timeOut.TotalSeconds} s; last of what was: {string.Join('\n', Since(mark).TakeLast(30))}");
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadAsync()
    {
        using var reader = new StreamReader(_stream);
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lock (_gate)
                {
                    _lines.Add(line.TrimEnd('\r'));
                    _more.TrySetResult();
                    _more = NewSignal();
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The machine ended; whoever still waits gets the time-out and what was said.
        }
    }
}
