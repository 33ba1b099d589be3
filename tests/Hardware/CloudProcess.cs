using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>The cloud service as users start it, on free ports, with a store of its own.</summary>
internal sealed partial class CloudProcess : IAsyncDisposable
{
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(30);
    private readonly string _data = Directory.CreateTempSubdirectory("iot-cloud-").FullName;
    private readonly Process _process;
    private readonly HttpClient _http = new();
    private readonly ConcurrentQueue<string> _log = new();

    private CloudProcess()
    {
        _process = Process.Start(new ProcessStartInfo(
            "dotnet", [MachineFiles.Metadata("CloudProgram"), "serve", "--data", _data, "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
    }

    /// <summary>Port of the MQTT broker on 127.0.0.1.</summary>
    public int MqttPort { get; private set; }

    public static async Task<CloudProcess> StartAsync()
    {
        var cloud = new CloudProcess();
        using var patience = new CancellationTokenSource(TimeOut);
        while (await cloud._process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                cloud.MqttPort = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                cloud._http.BaseAddress = new Uri("http://" + match.Groups[2].Value);
                return cloud;
            }
        }

        await cloud.DisposeAsync();
        throw new InvalidOperationException("the cloud service ended before it listened: " + string.Join('\n', cloud._log));
    }

    public async Task<string> QueryAsync(string sql) => (await _http.GetStringAsync(new Uri("/?query=" + Uri.EscapeDataString(sql), UriKind.Relative))).TrimEnd('\n');

    /// <summary>Asks again until the answer is <paramref name="wanted"/>; the store takes what comes in half a second or later.</summary>
    public async Task WaitForAsync(string sql, string wanted)
    {
        var answer = "";
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeOut; await Task.Delay(100))
        {
            answer = await QueryAsync(sql);
            if (answer == wanted)
            {
                return;
            }
        }

        throw new TimeoutException($"'{sql}' answers '{answer}' and not '{wanted}'; stored: {await QueryAsync("SELECT asset, point, value, quality, ts FROM iot.readings ORDER BY ts DESC LIMIT 40")}; the service said: {string.Join('\n', _log.TakeLast(20))}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            using var end = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }

        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [GeneratedRegex(@"listening mqtt=127\.0\.0\.1:(\d+) http=(\S+)")]
    private static partial Regex Listening();
}
