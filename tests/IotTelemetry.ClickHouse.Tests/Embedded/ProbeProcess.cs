using System.Diagnostics;

namespace IotTelemetry.ClickHouse.Tests.Embedded;

/// <summary>The probe program, running on a data directory.</summary>
internal sealed class ProbeProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ProbeProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static ProbeProcess Start(string mode, string directory)
    {
        // A shell in the background may have had SIGINT ignored, and children inherit that.
        ProcessStartInfo start = new("env", ["--default-signal=INT", "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "IotTelemetry.ClickHouse.Probe.dll"), mode, directory])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ProbeProcess(Process.Start(start)!);
    }

    /// <summary>Runs the probe to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string mode, string directory)
    {
        using ProbeProcess probe = Start(mode, directory);
        return await probe.EndAsync();
    }

    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    public void Signal(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, output.TrimEnd(), await _errors.WaitAsync(Patience));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
