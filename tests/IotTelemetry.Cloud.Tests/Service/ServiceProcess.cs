using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary><c>iot-cloud serve</c> as a process of its own, on free ports.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServiceProcess(Process process, Task<string> errors, int mqttPort, int httpPort, int? httpsPort)
    {
        Errors = errors;
        HttpsPort = httpsPort;
        _process = process;
        MqttPort = mqttPort;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>What it wrote to standard error, once it has ended.</summary>
    public Task<string> Errors { get; }

    public bool HasEnded => _process.HasExited;

    public int MqttPort { get; }

    public int? HttpsPort { get; }

    public HttpClient Http { get; }

    /// <summary>Most memory the process has had since the last call (VmHWM), in bytes.</summary>
    public long TakePeakMemory()
    {
        string folder = $"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}";
        string line = File.ReadLines(Path.Combine(folder, "status")).First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "clear_refs"), "5");
        return long.Parse(line.AsSpan(6, line.Length - 8).Trim(), CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>Waits until a number of <c>/status</c> has a value.</summary>
    public async Task WaitForAsync(string name, long value)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            using JsonDocument status = JsonDocument.Parse(await Http.GetStringAsync(new Uri("status", UriKind.Relative), limit.Token));
            if (status.RootElement.GetProperty(name).GetInt64() == value)
            {
                return;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>A service with a store and a broker of its own.</summary>
    public static Task<ServiceProcess> StartAsync(string dataDirectory, params string[] options) =>
        StartAsync(["--data", dataDirectory, "--mqtt", "127.0.0.1:0", .. options]);

    /// <summary>A service with these options; port 0 for HTTP is a free one.</summary>
    public static async Task<ServiceProcess> StartAsync(IReadOnlyList<string> options, int httpPort = 0)
    {
        Process process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "iot-cloud.dll"), "serve", "--http", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{httpPort}"), .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        // Read all along: a full pipe would stop the service.
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(180));
        if (line is null || Listening().Match(line) is not { Success: true } ports)
        {
            process.Kill();
            throw new InvalidOperationException($"iot-cloud did not start: {line}{Environment.NewLine}{await errors}");
        }

        return new ServiceProcess(process, errors, ports.Groups["mqtt"].Success ? Number(ports, "mqtt") : 0, Number(ports, "http"), ports.Groups["https"].Success ? Number(ports, "https") : null);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>The exit status, and how long it took.</returns>
    public async Task<(int ExitCode, TimeSpan Elapsed)> TerminateAsync()
    {
        long start = Stopwatch.GetTimestamp();
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return (_process.ExitCode, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Asks the door; the answer without its last line end.</summary>
    public async Task<string> QueryAsync(string sql)
    {
        using StringContent body = new(sql);
        using HttpResponseMessage response = await Http.PostAsync(new Uri("", UriKind.Relative), body);
        string text = (await response.Content.ReadAsStringAsync()).TrimEnd('\n');
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^listening mqtt=(?:\S*127\.0\.0\.1:(?<mqtt>\d+)|off) http=127\.0\.0\.1:(?<http>\d+)(?: https=127\.0\.0\.1:(?<https>\d+))?$")]
    private static partial Regex Listening();
}
