using System.Diagnostics;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>The agent as its user runs it, killed without warning.</summary>
public sealed class AgentKillTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [MosquittoFact]
    public async Task What_entered_the_outbox_arrives_once_though_the_agent_is_killed_again_and_again()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var file = Path.Combine(_directory.Path, "edge.json");
        await File.WriteAllTextAsync(file, $$"""
            {
              "site": "station", "gateway": "gw-1", "state": "state",
              "mqtt": { "endpoint": "{{broker.Endpoint}}" },
              "board": { "kind": "simulated-car-park", "speed": 600, "startAt": "09:00" },
              "sampling": { "pollMs": 20 },
              "framing": { "maximumReadings": 50, "maximumAgeMs": 100 }
            }
            """);
        var configuration = ConfigurationFile.Load(file);
        await using var cloud = await CursorCloud.StartAsync(broker.Endpoint, configuration.Gateway);
        for (var kill = 0; kill < 4; kill++)
        {
            var rows = cloud.RowCount;
            using var agent = Start(file);
            await Eventually(() => cloud.RowCount > rows + 500 + (kill * 137), agent);
            agent.Kill();
            await agent.WaitForExitAsync().WaitAsync(Patience);
        }

        using var last = Start(file, "--drain-on-stop", "30");
        var before = cloud.RowCount;
        await Eventually(() => cloud.RowCount > before + 500, last);
        using (var terminate = Process.Start("kill", ["-TERM", last.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await terminate.WaitForExitAsync();
        }

        await last.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, last.ExitCode);
        var outbox = OutboxLoader.Load(configuration.Outbox.Directory, repair: false).ToStatus();
        Assert.Equal((0UL, 0UL), (outbox.Depth, outbox.DroppedReadings));
        Assert.Equal(outbox.ReadingsAppended, (ulong)cloud.RowCount);
        Assert.Equal(cloud.RowCount, cloud.Rows.Select(r => (r.Asset, r.Point, r.TimestampMs)).Distinct().Count());
    }

    private static Process Start(string file, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        foreach (var argument in (string[])[typeof(EdgeAgent).Assembly.Location, "run", file, .. options])
        {
            start.ArgumentList.Add(argument);
        }

        var agent = Process.Start(start)!;
        agent.BeginErrorReadLine();
        return agent;
    }

    private static async Task Eventually(Func<bool> holds, Process alive)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        while (!holds())
        {
            Assert.False(alive.HasExited, "the agent ended by itself");
            await Task.Delay(10, giveUp.Token);
        }
    }
}
