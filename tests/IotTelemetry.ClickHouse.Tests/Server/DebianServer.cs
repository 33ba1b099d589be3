using System.Diagnostics;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.ClickHouse.Tests.Server;

/// <summary>Debian's clickhouse-server (18.16) on a free port and a directory of its own.</summary>
internal sealed class DebianServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-clickhouse-server-").FullName;
    private readonly Process _process;

    private DebianServer(string program)
    {
        int port = FreePort.Take();
        Endpoint = new Uri($"http://127.0.0.1:{port}/");
        File.WriteAllText(Path.Combine(_directory, "users.xml"), Users);
        string config = Path.Combine(_directory, "config.xml");
        File.WriteAllText(config, Config(port));
        ProcessStartInfo start = new(program, [$"--config-file={config}"]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _directory };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public Uri Endpoint { get; }

    /// <summary>The program's path, or null when it is not installed.</summary>
    public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
        .Select(directory => Path.Combine(directory, "clickhouse-server")).FirstOrDefault(File.Exists);

    public static async Task<DebianServer> StartAsync()
    {
        DebianServer server = new(Find()!);
        using HttpClient http = new();
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await http.GetStringAsync(server.Endpoint, late.Token);
                return server;
            }
            catch (HttpRequestException) when (!server._process.HasExited)
            {
                await Task.Delay(50, late.Token);
            }
        }
    }

    /// <summary>An engine for this server, which knows neither user-set tokens nor the newer settings.</summary>
    public ServerEngine Engine(ServerCompression compression, string? user = null, string? password = null) => new(new ServerEngineOptions
    {
        Endpoints = [Endpoint],
        Compression = compression,
        UserName = user,
        Password = password,
        MaximumAttempts = 1,
        Settings = new Dictionary<string, string> { ["allow_experimental_low_cardinality_type"] = "1" },
    });

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private const string Users =
        """
        <yandex>
          <profiles><default/></profiles>
          <users>
            <default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
            <ada><password>secret</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></ada>
          </users>
          <quotas><default/></quotas>
        </yandex>
        """;

    private string Config(int port) =>
        $"""
        <yandex>
          <logger><level>warning</level><log>{_directory}/server.log</log><errorlog>{_directory}/server.err.log</errorlog></logger>
          <http_port>{port}</http_port><listen_host>127.0.0.1</listen_host>
          <path>{_directory}/</path><tmp_path>{_directory}/tmp/</tmp_path><users_config>users.xml</users_config>
          <default_profile>default</default_profile><default_database>default</default_database><mark_cache_size>67108864</mark_cache_size>
        </yandex>
        """;
}
