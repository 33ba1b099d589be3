using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace IotTelemetry.Benchmarks.Broker;

/// <summary>Debian's mosquitto on the same works, TCP_NODELAY set, no limit on its queues.</summary>
public sealed class MosquittoPeer(int qos, TimeSpan? duration = null)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    public static bool IsInstalled => Program is not null;

    private static string? Program { get; } = new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto" }.FirstOrDefault(File.Exists);

    public Task<BrokerFigure> TakesAsync() =>
        RunAsync(port => new TakeLoad(port, qos, duration ?? TimeSpan.FromSeconds(3)).Run($"mosquitto takes QoS {qos}, no subscriber"));

    public Task<BrokerFigure> DeliversAsync() =>
        RunAsync(port => new DeliverLoad(port, qos, duration ?? TimeSpan.FromSeconds(3)).Run($"mosquitto delivers QoS {qos} to one subscriber"));

    /// <summary>Bytes of RSS per idle connection.</summary>
    public static Task<double> IdleAsync() => RunAsync((port, process) => new IdleConnections().MeasureAsync(port, process));

    private static Task<BrokerFigure> RunAsync(Func<int, BrokerFigure> load) => RunAsync(async (port, _) =>
    {
        var figure = await Task.Factory.StartNew(() => load(port), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return figure with { BytesPerMessage = 0 };
    });

    private static async Task<T> RunAsync<T>(Func<int, Process, Task<T>> work)
    {
        var directory = Directory.CreateTempSubdirectory("iot-bench-");
        try
        {
            var port = FreePort.Take();
            var configuration = Path.Combine(directory.FullName, "mosquitto.conf");
            await File.WriteAllTextAsync(configuration, $"""
                listener {port} 127.0.0.1
                allow_anonymous true
                set_tcp_nodelay true
                max_inflight_messages 1000
                max_queued_messages 0
                log_dest none
                """);
            using var process = Process.Start(new ProcessStartInfo(Program!, ["-c", configuration]))!;
            try
            {
                await WaitForAsync(port);
                return await work(port, process);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task WaitForAsync(int port)
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (true)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port, timeout.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, timeout.Token);
            }
        }
    }
}
