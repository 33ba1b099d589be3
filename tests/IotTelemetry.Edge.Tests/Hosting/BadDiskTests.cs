using System.Globalization;
using System.Text.RegularExpressions;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>The whole agent on a disk that takes nothing: it starts, counts what it cannot keep, and ends in order.</summary>
public sealed partial class BadDiskTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SmallDiskFact]
    public async Task On_a_full_disk_it_starts_and_keeps_readings_again_when_there_is_room()
    {
        using var disk = new SmallDisk(1024 * 1024);
        await RememberCommandAsync(disk);
        disk.Fill();
        await RunAsync(disk, async status =>
        {
            await status(0, 1);
            disk.Free();
            await status(1, 1);
            disk.Fill();
        });
        Assert.InRange(OutboxLoader.Load(Configure(disk).Outbox.Directory, repair: false).ToStatus().ReadingsAppended, 1UL, ulong.MaxValue);
    }

    [SmallDiskFact]
    public async Task On_a_disk_that_has_become_read_only_it_starts_and_what_waits_there_still_counts()
    {
        using var disk = new SmallDisk(1024 * 1024);
        await RememberCommandAsync(disk);
        await RunAsync(disk, status => status(1, 0));
        disk.MakeReadOnly();
        await RunAsync(disk, status => status(1, 1));
    }

    /// <summary>The journal has something to remember, so that it wants to write.</summary>
    private static async Task RememberCommandAsync(SmallDisk disk)
    {
        var clock = new AssumedClock(TimeProvider.System, ClockQuality.Synchronised);
        JournalStamp Now() => JournalStamp.Now(clock, TimeProvider.System);
        await using var journal = new CommandJournal(EdgeConfiguration.JournalFile(disk.Path), Now);
        await journal.WriteAsync(new JournalEntry(Guid.CreateVersion7(), CommandPhase.Direct, "00", null, Now(), new JournalSwitch("load-01", "state", 1, "anna", "test")));
    }

    [GeneratedRegex("(\\d+) frames wait .* (\\d+) readings dropped")]
    private static partial Regex Numbers();

    /// <summary>Runs the agent; <paramref name="watch"/> is given what waits until at least so many frames wait and so many readings are dropped.</summary>
    private async Task RunAsync(SmallDisk disk, Func<Func<int, int, Task>, Task> watch)
    {
        using var manager = new ServiceManager(Path.Combine(_directory.Path, Path.GetRandomFileName()));
        using var service = new ServiceNotifier(manager.Address, TimeSpan.FromSeconds(1), NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var configuration = Configure(disk);
        var board = BoardFactory.Create(configuration.Board, TimeProvider.System, NullLoggerFactory.Instance);
        var agent = new EdgeAgent(configuration, board, service, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(static () => TimeSpan.Zero, stop.Token);
        var watching = watch(async (waiting, dropped) =>
        {
            using var giveUp = new CancellationTokenSource(Patience);
            var numbers = Match.Empty;
            while (!numbers.Success || Number(numbers, 1) < waiting || Number(numbers, 2) < dropped)
            {
                numbers = Numbers().Match(await manager.HearAsync().WaitAsync(giveUp.Token));
            }
        });
        await await Task.WhenAny(agent, watching);
        Assert.False(agent.IsCompleted, "the agent ended by itself");
        await stop.CancelAsync();
        await agent.WaitAsync(Patience);
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private EdgeConfiguration Configure(SmallDisk disk)
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(file, $$"""
            {
              "site": "station", "gateway": "gw-1", "state": "{{disk.Path}}",
              "mqtt": { "endpoint": "mqtt://127.0.0.1:1" },
              "board": { "kind": "simulated-car-park", "count": 10 },
              "sampling": { "pollMs": 20 },
              "framing": { "maximumAgeMs": 50 }
            }
            """);
        return ConfigurationFile.Load(file);
    }
}
