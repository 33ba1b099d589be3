using System.Diagnostics;
using System.Runtime;

namespace IotTelemetry.Benchmarks.Broker;

/// <summary>
/// Resident memory of this process per idle MQTT connection: the broker here, the clients in a Node.js process (tests/peers/idle-connections.mjs), so that
/// only the broker's side is counted. The first thousand connections warm up and are not counted.
/// </summary>
public sealed class IdleConnections(int connections = 10_000)
{
    private const int WarmUp = 1000;

    /// <summary>Bytes of RSS per connection.</summary>
    public async Task<double> RunAsync()
    {
        await using var host = await BenchBroker.StartAsync();
        using (await OpenAsync(host, WarmUp))
        {
            Settle();
        }

        var before = Settle();
        using var clients = await OpenAsync(host, connections);
        return (double)(Settle() - before) / connections;
    }

    private static async Task<Clients> OpenAsync(BenchBroker host, int count)
    {
        var script = Path.Combine(Directory.GetCurrentDirectory(), "tests", "peers", "idle-connections.mjs");
        var start = new ProcessStartInfo("node", [script, $"{host.Port}", $"{count}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var clients = new Clients(Process.Start(start)!);
        return await clients.Process.StandardOutput.ReadLineAsync() == "ready"
            ? clients
            : throw new InvalidOperationException($"{script} did not open {count} connections; see its error above.");
    }

    private static long Settle()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
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
