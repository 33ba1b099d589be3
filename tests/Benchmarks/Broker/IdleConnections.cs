using System.Diagnostics;
using System.Runtime;

namespace IotTelemetry.Benchmarks.Broker;

/// <summary>
/// Resident memory of a broker per idle MQTT connection. The clients live in a Node.js process (tests/peers/idle-connections.mjs), so that
/// only the broker's side is counted. The first thousand connections warm up and are not counted.
/// </summary>
public sealed class IdleConnections(int connections = 10_000)
{
    private const int WarmUp = 1000;

    /// <summary>Bytes of this process's RSS per connection to our broker.</summary>
    public async Task<double> RunAsync()
    {
        await using var host = await BenchBroker.StartAsync();
        using var self = Process.GetCurrentProcess();
        return await MeasureAsync(host.Port, self);
    }

    /// <summary>Bytes of RSS of <paramref name="broker"/> per connection to its <paramref name="port"/>.</summary>
    internal async Task<double> MeasureAsync(int port, Process broker)
    {
        using (await OpenAsync(port, WarmUp))
        {
            Settle(broker);
        }

        var before = Settle(broker);
        using var clients = await OpenAsync(port, connections);
        return (double)(Settle(broker) - before) / connections;
    }

    private static async Task<Clients> OpenAsync(int port, int count)
    {
        var script = Repository.PathOf("tests", "peers", "idle-connections.mjs");
        var start = new ProcessStartInfo("node", [script, $"{port}", $"{count}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var clients = new Clients(Process.Start(start)!);
        return await clients.Process.StandardOutput.ReadLineAsync() == "ready"
            ? clients
            : throw new InvalidOperationException($"{script} did not open {count} connections; see its error above.");
    }

    // What the collector holds without need is not the connections'.
    private static long Settle(Process broker)
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        broker.Refresh();
        return broker.WorkingSet64;
    }

    private sealed class Clients(Process process) : IDisposable
    {
        public Process Process { get; } = process;

        public void Dispose()
        {
            Process.StandardInput.Close();
            Process.WaitForExit();
            Process.Dispose();
        }
    }
}
