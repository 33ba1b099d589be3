using System.Diagnostics;
using System.Globalization;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>The agent as a service manager runs it.</summary>
public sealed class UnattendedTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Agent_without_its_broker_tells_the_manager_that_it_is_ready_lives_and_stops_with_every_reading_on_the_disk()
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        var device = Path.Combine(_directory.Path, "watchdog");
        await File.WriteAllBytesAsync(device, []);
        await File.WriteAllTextAsync(file, $$"""
            {
              "site": "station", "gateway": "gw-1", "state": "state",
              "mqtt": { "endpoint": "mqtt://127.0.0.1:1" },
              "board": { "kind": "simulated-car-park", "count": 10 },
              "sampling": { "pollMs": 20 },
              "watchdog": { "device": "{{device}}" }
            }
            """);
        using var manager = new ServiceManager(Path.Combine(_directory.Path, "notify"));
        using var agent = Start(file, manager, watchdog: TimeSpan.FromSeconds(1));
        await manager.HearAsync("READY=1");
        Assert.Contains("not connected", await manager.HearAsync(), StringComparison.Ordinal);
        await manager.HearAsync("WATCHDOG=1");
        await manager.HearAsync("WATCHDOG=1");

        using (var terminate = Process.Start("kill", ["-TERM", agent.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await terminate.WaitForExitAsync();
        }

        await manager.HearAsync("STOPPING=1");
        await agent.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, agent.ExitCode);
        Assert.Equal((byte)'V', (await File.ReadAllBytesAsync(device))[^1]);
        var outbox = OutboxLoader.Load(ConfigurationFile.Load(file).Outbox.Directory, repair: false).ToStatus();
        Assert.NotEqual(0UL, outbox.ReadingsAppended);
        Assert.Equal(0UL, outbox.DroppedReadings);
    }

    private static Process Start(string file, ServiceManager manager, TimeSpan watchdog)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(EdgeAgent).Assembly.Location, "run", file]) { RedirectStandardError = true };
        start.Environment["NOTIFY_SOCKET"] = manager.Address;
        start.Environment["WATCHDOG_USEC"] = watchdog.TotalMicroseconds.ToString(CultureInfo.InvariantCulture);
        var agent = Process.Start(start)!;
        agent.BeginErrorReadLine();
        return agent;
    }
}
