using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace IotTelemetry.Demo;

/// <summary>
/// One of our programs, started as a user would start it. Its output goes to a log file and to whoever waits for a line of it.
/// Started in a session of its own, so that Ctrl-C in the terminal reaches the demo alone and the demo decides the order of ending.
/// </summary>
public sealed partial class ManagedProgram : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int Sigkill = 9;

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Task _pumps;

    private ManagedProgram(string name, Process process, string logFile)
    {
        Name = name;
        LogFile = logFile;
        _process = process;
        _log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        _pumps = PumpAsync();
    }

    /// <summary>The program's name in messages.</summary>
    public string Name { get; }

    /// <summary>Everything the program printed.</summary>
    public string LogFile { get; }

    /// <summary>Starts <c>dotnet ASSEMBLY ARGUMENTS</c>.</summary>
    public static ManagedProgram Start(string name, string logFile, string assembly, params IEnumerable<string> arguments)
    {
        if (!File.Exists(assembly))
        {
            throw new FileNotFoundException($"{assembly} is missing: build the solution in Release first (./build.sh demo and ./build.sh test do)", assembly);
        }

        var start = new ProcessStartInfo("setsid") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add("dotnet");
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{name} could not be started");
        process.StandardInput.Close();
        return new ManagedProgram(name, process, logFile);
    }

    /// <summary>Waits for a printed line that starts with <paramref name="start"/>; throws when the program ends first or the time is up.</summary>
    public async Task<string> WaitForLineAsync(string start, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token).ConfigureAwait(false))
            {
                if (line.StartsWith(start, StringComparison.Ordinal))
                {
                    return line;
                }
            }

            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{Name} did not print '{start}' within {timeout.TotalSeconds:F0} s. {Tail()}");
        }

        throw new InvalidOperationException($"{Name} ended with status {_process.ExitCode} before it printed '{start}'. {Tail()}");
    }

    /// <summary>Asks the program to end (SIGTERM) and returns its exit status; kills it and throws when it takes longer than <paramref name="timeout"/>.</summary>
    public async Task<int> StopAsync(TimeSpan timeout)
    {
        if (!_process.HasExited)
        {
            Signal(Sigterm);
        }

        return await WaitForExitAsync(timeout).ConfigureAwait(false);
    }

    /// <summary>Waits until the program ends by itself and returns its exit status; kills it and throws when it takes longer than <paramref name="timeout"/>.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await KillAsync().ConfigureAwait(false);
            throw new TimeoutException($"{Name} did not end within {timeout.TotalSeconds:F0} s and was killed. {Tail()}");
        }

        await _pumps.ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>kill -9: the program gets no chance to tidy up.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            Signal(Sigkill);
        }

        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        await _pumps.ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    /// <summary>How it ended, if it did, and the last lines printed, for error messages.</summary>
    public string Tail()
    {
        lock (_log)
        {
            using var reader = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return $"{(_process.HasExited ? $"It ended with status {_process.ExitCode}. " : "")}Its last lines ({LogFile}):{Environment.NewLine}{string.Join(Environment.NewLine, lines.TakeLast(15))}";
        }
    }

    private void Signal(int signal)
    {
        // The program may end between the look and the signal; then there is nothing left to do (ESRCH).
        const int NoSuchProcess = 3;
        if (Kill(_process.Id, signal) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
        {
            throw new InvalidOperationException($"signal {signal} to {Name} (process {_process.Id}) failed: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    private async Task PumpAsync()
    {
        await Task.WhenAll(PumpAsync(_process.StandardOutput), PumpAsync(_process.StandardError)).ConfigureAwait(false);
        _lines.Writer.Complete();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_log)
            {
                _log.WriteLine(line);
            }

            _lines.Writer.TryWrite(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
