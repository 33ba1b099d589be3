using System.Diagnostics;
using System.Globalization;
using IotTelemetry.Mqtt.Tests.Peers;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>The native agent on a simulated car park, a cloud that confirms beside it, a state directory of its own.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    // USER_HZ, in which proc(5) counts processor time; 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;
    private const string Plain = """{ "endpoint": "mqtt://127.0.0.1:PORT" }""";
    private const string Encrypted = """{ "endpoint": "mqtts://127.0.0.1:PORT", "tls": { "authorities": "ca.pem", "certificate": "client.pem", "key": "client.key" } }""";
    private static readonly TimeSpan FirstFrameTimeout = TimeSpan.FromSeconds(30);

    private readonly string _directory;
    private readonly TestCertificates _certificates;
    private readonly Process _process;

    private AgentProcess(string directory, TestCertificates certificates, ConfirmingCloud cloud, Process process, TimeSpan startToFrame)
    {
        _directory = directory;
        _certificates = certificates;
        _process = process;
        Cloud = cloud;
        StartToFrame = startToFrame;
    }

    public ConfirmingCloud Cloud { get; }

    /// <summary>From the start of the process to the first frame at the broker.</summary>
    public TimeSpan StartToFrame { get; }

    /// <summary>Resident memory now, in MB (10^6 bytes).</summary>
    public double ResidentMegabytes => StatusKilobytes("VmRSS:") * 1024 / 1e6;

    /// <summary>The most resident memory there ever was, in MB (10^6 bytes).</summary>
    public double PeakMegabytes => StatusKilobytes("VmHWM:") * 1024 / 1e6;

    /// <summary>Processor time of user and kernel since the start.</summary>
    public TimeSpan Processor
    {
        get
        {
            // proc_pid_stat(5): utime and stime are fields 14 and 15; the name in field 2 may hold spaces and ends at the last bracket.
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
        }
    }

    /// <summary>Starts the agent and waits for its first frame.</summary>
    /// <param name="points">Points of the board, an even number: each bay has a digital and an analog one.</param>
    /// <param name="sampling">The configuration's section.</param>
    /// <param name="framing">The configuration's section.</param>
    /// <param name="prepare">Called first, with the state directory.</param>
    /// <param name="isEncrypted">Whether the agent connects by TLS, with a client certificate.</param>
    public static async Task<AgentProcess> StartAsync(int points, string sampling, string framing = "{}", Action<string>? prepare = null, bool isEncrypted = false)
    {
        var directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        prepare?.Invoke(Path.Combine(directory, "state"));
        var certificates = new TestCertificates();
        certificates.WriteClientTo(directory);
        var cloud = await ConfirmingCloud.StartAsync(new GatewayId("bench", "gw"), isEncrypted ? certificates.Server : null);
        var configuration = Path.Combine(directory, "edge.json");
        await File.WriteAllTextAsync(configuration, $$"""
            { "site": "bench", "gateway": "gw", "state": "state", "mqtt": {{(isEncrypted ? Encrypted : Plain).Replace("PORT", cloud.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)}},
              "board": { "kind": "simulated-car-park", "count": {{points / 2}} }, "sampling": {{sampling}}, "framing": {{framing}} }
            """);
        var start = Stopwatch.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo(NativeAgent.Path, ["run", configuration]) { RedirectStandardError = true })!;
        process.BeginErrorReadLine();
        await cloud.FirstFrame.WaitAsync(FirstFrameTimeout);
        return new AgentProcess(directory, certificates, cloud, process, Stopwatch.GetElapsedTime(start));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await Cloud.DisposeAsync();
        _certificates.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private double StatusKilobytes(string key)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(key.Length).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
    }
}
