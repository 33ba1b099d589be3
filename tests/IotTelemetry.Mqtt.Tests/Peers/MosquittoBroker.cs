using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace IotTelemetry.Mqtt.Tests.Peers;

/// <summary>A mosquitto of its own on free loopback ports, with its files in a temporary directory.</summary>
internal sealed class MosquittoBroker : IAsyncDisposable
{
    private readonly string _directory;
    private Process _process;

    private MosquittoBroker(string directory, Process process)
    {
        _directory = directory;
        _process = process;
    }

    public static string? Program { get; } =
        new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto", "/opt/homebrew/sbin/mosquitto" }.FirstOrDefault(File.Exists);

    public required int Port { get; init; }

    public int TlsPort { get; init; }

    public int WebSocketPort { get; init; }

    public MqttEndpoint Endpoint => new(MqttTransportKind.Tcp, "127.0.0.1", Port);

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="extra">Further lines of configuration.</param>
    /// <param name="certificates">If given, a TLS listener that demands client certificates of this authority.</param>
    public static async Task<MosquittoBroker> StartAsync(string extra = "", TestCertificates? certificates = null)
    {
        var directory = Directory.CreateTempSubdirectory("mosquitto-test-").FullName;
        var (port, tlsPort, webSocketPort) = (FreePort.Take(), FreePort.Take(), FreePort.Take());
        var configuration = $"""
            user root
            persistence false
            allow_anonymous true
            set_tcp_nodelay true
            log_dest file {directory}/log
            {extra}

            """;
        if (certificates is not null)
        {
            certificates.WriteTo(directory);
            configuration += $"""
                listener {tlsPort} 127.0.0.1
                cafile {directory}/ca.pem
                certfile {directory}/server.pem
                keyfile {directory}/server.key
                require_certificate true

                """;
        }

        // Listeners open in this order, and the last one is the one we wait for.
        configuration += $"""
            listener {webSocketPort} 127.0.0.1
            protocol websockets
            listener {port} 127.0.0.1

            """;
        await File.WriteAllTextAsync(Path.Combine(directory, "mosquitto.conf"), configuration);
        var broker = new MosquittoBroker(directory, Launch(directory)) { Port = port, TlsPort = tlsPort, WebSocketPort = webSocketPort };
        await broker.WaitUntilListeningAsync();
        return broker;
    }

    /// <summary>Kills it and starts it again on the same ports.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        _process = Launch(_directory);
        await WaitUntilListeningAsync();
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static Process Launch(string directory) => Process.Start(new ProcessStartInfo(Program!, ["-c", Path.Combine(directory, "mosquitto.conf")])
    {
        RedirectStandardError = true,
    })!;

    private async Task WaitUntilListeningAsync()
    {
        // Another program cannot tell us: connecting is how one awaits a listener. Bounded: 100 tries.
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (attempt < 100 && !_process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }
}
