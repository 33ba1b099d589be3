using System.Diagnostics;
using System.Threading.Channels;

namespace IotTelemetry.Broker.Tests.Support;

/// <summary>A program nobody here wrote, run as a client. Its lines can be awaited; disposing kills it.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private PeerProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static PeerProcess Start(string program, params string[] arguments)
    {
        // stdbuf: printed lines are to arrive when they are printed, not when a buffer is full
        var start = new ProcessStartInfo("stdbuf", ["-oL", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        return new PeerProcess(Process.Start(start)!);
    }

    /// <summary>Runs a program to its end and returns what it printed; a failure is the test's.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var peer = Start(program, arguments);
        var exit = await peer.ExitAsync();
        var output = string.Join('\n', await peer._lines.Reader.ReadAllAsync().ToListAsync());
        return exit == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} exited with {exit}: {output}\n{await peer._errors}");
    }

    /// <summary>The next line it prints.</summary>
    public async Task<string> LineAsync()
    {
        using var timeout = new CancellationTokenSource(Limit);
        try
        {
            return await _lines.Reader.ReadAsync(timeout.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            _process.Kill();
            throw new InvalidOperationException($"{_process.StartInfo.FileName} printed nothing: {await _errors}", e);
        }
    }

    /// <summary>Reads lines until one contains the text.</summary>
    public async Task<string> LineWithAsync(string text)
    {
        while (true)
        {
            var line = await LineAsync();
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public void EndInput() => _process.StandardInput.Close();

    public async Task<int> ExitAsync()
    {
        using var timeout = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(timeout.Token);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
