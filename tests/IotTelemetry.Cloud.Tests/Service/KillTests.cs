using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>The whole service as a process, killed and stopped under load.</summary>
public sealed class KillTests : IDisposable
{
    private const int ReadingsPerFrame = 40;

    private const long LateMs = 31L * 86_400_000;

    // The long form is ./build.sh chaos cloud.
    private static readonly int Kills = Number("IOT_CHAOS_KILLS", 5);
    private static readonly int Seed = Number("IOT_CHAOS_SEED", 20261120);
    private static readonly int FramesPerGateway = Math.Max(600, 120 * Kills);
    private static readonly int Expected = 3 * FramesPerGateway * ReadingsPerFrame;
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;
    private readonly OutboxClient[] _clients = [.. Enumerable.Range(1, 3).Select(n => Client($"gw-{n}"))];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Kill_9_at_random_moments_under_load_loses_nothing_and_doubles_nothing()
    {
        Random random = new(Seed);
        for (int kill = 0; kill < Kills; kill++)
        {
            await using ServiceProcess service = await StartAsync();
            Task<bool[]> sending = Task.WhenAll(_clients.Select(c => c.RunAsync(service.MqttPort)));
            await Task.Delay(random.Next(50, 700)); // The moment of the kill, not a wait for anything.
            await service.KillAsync();
            await sending;
        }

        Assert.Contains(_clients, client => !client.IsEmpty);
        await using ServiceProcess last = await StartAsync();
        await DrainAsync(last);
        Assert.Equal($"{Expected}\t{Expected}", await last.QueryAsync("SELECT count(), uniqExact(gateway, epoch, seq, asset, point, ts) FROM iot.readings"));
        Assert.Equal($"{3 * FramesPerGateway}\t{Expected}", await last.QueryAsync(
            "SELECT count(), sum(rows) FROM (SELECT any(rows) AS rows FROM iot.frames GROUP BY site, gateway, epoch, seq)"));
        Assert.Equal("0", await last.QueryAsync(
            "SELECT countIf(batch < before) FROM (SELECT batch, lagInFrame(batch) OVER (PARTITION BY gateway, epoch ORDER BY seq) AS before FROM iot.frames)"));
        await AssertRollupsAsync(last);
        Assert.Equal(0, (await last.TerminateAsync()).ExitCode);
    }

    [Fact]
    public async Task Sigterm_stores_and_acknowledges_what_was_taken_and_exits_0_within_10_seconds()
    {
        await using (ServiceProcess service = await StartAsync())
        {
            Task<bool[]> sending = Task.WhenAll(_clients.Select(c => c.RunAsync(service.MqttPort)));
            await Task.Delay(300); // The moment of the signal, under load.
            (int exitCode, TimeSpan elapsed) = await service.TerminateAsync();
            await sending;
            Assert.Equal(0, exitCode);
            Assert.InRange(elapsed.TotalSeconds, 0, 10);
        }

        await using ServiceProcess next = await StartAsync();
        Assert.Equal("0", await next.QueryAsync("SELECT count() FROM iot.unfinished"));
        await DrainAsync(next);
        Assert.Equal($"{Expected}\t{Expected}", await next.QueryAsync("SELECT count(), uniqExact(gateway, epoch, seq, asset, point, ts) FROM iot.readings"));
        await AssertRollupsAsync(next);
    }

    // On a machine that is slow enough a connection may die of its keep-alive while the store is behind: a gateway then comes again.
    private async Task DrainAsync(ServiceProcess service)
    {
        for (int attempt = 0; attempt < 10 && _clients.Any(c => !c.IsEmpty); attempt++)
        {
            await Task.WhenAll(_clients.Where(c => !c.IsEmpty).Select(c => c.RunAsync(service.MqttPort)));
        }

        Assert.All(_clients, client => Assert.True(client.IsEmpty));
    }

    private static async Task AssertRollupsAsync(ServiceProcess service)
    {
        Assert.Equal("0", await service.QueryAsync(RollupDifferences.Sql("iot", "minute")));
        Assert.Equal("0", await service.QueryAsync(RollupDifferences.Sql("iot", "hour")));
    }

    // Small batches: many inserts, and so many places to be killed at.
    private Task<ServiceProcess> StartAsync() => ServiceProcess.StartAsync(Path.Combine(_directory, "data"), "--batch-rows", "500", "--batch-age-ms", "5");

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : otherwise;

    // Readings of a frame lie around the end of a month: every frame has rows in two partitions. Every tenth frame is late, a month and more.
    private static OutboxClient Client(string name)
    {
        TestGateway gateway = new(name, bays: 10);
        return new OutboxClient(gateway, 1, [.. Enumerable.Range(0, FramesPerGateway).Select(seq =>
            gateway.Frame(1, (ulong)seq + 1, ReadingsPerFrame, TestGateway.NewYear - 20 - (seq % 10 == 0 ? LateMs : 0)))]);
    }
}
