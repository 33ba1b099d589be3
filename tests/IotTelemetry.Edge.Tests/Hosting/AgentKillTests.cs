using System.Diagnostics;
using System.Globalization;
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
    public async Task What_entered_the_outbox_arrives_once_and_in_order_though_agent_and_broker_are_killed_at_random_moments()
    {
        var kills = Chaos.Kills(everyDay: 5);
        var random = new Random(Chaos.Seed);
        await using var broker = await MosquittoBroker.StartAsync();
        var file = Path.Combine(_directory.Path, "edge.json");

        // Small segments and a quick clock: sampling, appending, rotating and acknowledging all happen many times a second.
        await File.WriteAllTextAsync(file, $$"""
            {
              "site": "station", "gateway": "gw-1", "state": "state",
              "mqtt": { "endpoint": "{{broker.Endpoint}}", "reconnectMinimumSeconds": 0.2 },
              "board": { "kind": "simulated-car-park", "speed": 600, "startAt": "09:00" },
              "sampling": { "pollMs": 20 },
              "framing": { "maximumReadings": 50, "maximumAgeMs": 100 },
              "outbox": { "segmentBytes": 4096, "flushMs": 20 },
              "uplink": { "resendAfterSeconds": 1 }
            }
            """);
        var configuration = ConfigurationFile.Load(file);
        await using var cloud = await CursorCloud.StartAsync(broker.Endpoint, configuration.Gateway);
        ulong appended = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            using var agent = Start(file);
            await KillAtRandomAsync(agent, configuration.Outbox.Directory, appended, random);
            var status = OutboxLoader.Load(configuration.Outbox.Directory, repair: false).ToStatus();
            Assert.True(status.ReadingsAppended >= appended, $"kill {kill}: {status.ReadingsAppended} readings after {appended}");
            appended = status.ReadingsAppended;
            if (kill % 5 == 2)
            {
                await broker.RestartAsync();
            }
        }

        using var last = Start(file, "--drain-on-stop", "60");
        var before = cloud.RowCount;
        await Eventually(() => cloud.RowCount > before + 500, last);
        using (var terminate = Process.Start("kill", ["-TERM", last.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await terminate.WaitForExitAsync();
        }

        await last.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0, last.ExitCode);
        var outbox = OutboxLoader.Load(configuration.Outbox.Directory, repair: false).ToStatus();
        Assert.Equal((0UL, 0UL), (outbox.Depth, outbox.DroppedReadings));
        Assert.Equal(outbox.ReadingsAppended, (ulong)cloud.RowCount);
        cloud.AssertOnceAndInOrder();
        Assert.True(outbox.ReadingsAppended > 100UL * (ulong)kills, $"only {outbox.ReadingsAppended} readings were appended between the kills");
    }

    /// <summary>Lets the agent append, and kills it within the second after.</summary>
    private static async Task KillAtRandomAsync(Process agent, string outbox, ulong appended, Random random)
    {
        await Eventually(() => OutboxLoader.Load(outbox, repair: false).ToStatus().ReadingsAppended > appended, agent);
        var moment = TimeSpan.FromMilliseconds(random.NextDouble() * 1000);
        await Task.Delay(moment);
        agent.Kill();
        await agent.WaitForExitAsync().WaitAsync(Patience);
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
