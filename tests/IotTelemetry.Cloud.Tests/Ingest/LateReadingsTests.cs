using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Sessions;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Cloud.Tests.Ingest;

/// <summary>Readings that come days after their time, in any order, or before it: what is stored and derived must be what it would be had they come in time.</summary>
[Collection(EngineTests.Name)]
public sealed class LateReadingsTests(EngineFixture store)
{
    private const int Bays = 3;
    private const int PointsPerBay = 3;
    private const int ReadingsPerFrame = 10;
    private readonly RecordingSink _sink = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Backlog_of_days_behind_live_frames_ends_as_if_all_had_come_in_time(int seed)
    {
        Random random = new(seed);
        (int Point, long TimestampMs, double Value)[] readings = Days(random);
        int live = readings.Length * 4 / 5;
        DatabaseName inTime = await store.NewMigratedDatabaseAsync();
        await RunAsync(inTime, [.. Frames(1, readings)], random);

        // After an outage: what happens now comes at once, in an epoch of its own; behind it, and out of order, what happened meanwhile.
        DatabaseName late = await store.NewMigratedDatabaseAsync();
        Queue<(ulong, ulong, (int, long, double)[])> backlog = new(Frames(1, Shuffled(readings[..live], random)));
        Queue<(ulong, ulong, (int, long, double)[])> now = new(Frames(2, readings[live..]));
        List<(ulong, ulong, (int, long, double)[])> order = [];
        while (backlog.Count + now.Count > 0)
        {
            order.Add(now.Count > 0 && (backlog.Count == 0 || random.Next(2) == 0) ? now.Dequeue() : backlog.Dequeue());
        }

        await RunAsync(late, order, random);

        foreach (string sql in (string[])
            [
                "SELECT count(), sum(cityHash64(asset, point, ts, value)), uniqExact(toYYYYMM(ts)) FROM {0}.readings",
                "SELECT asset, arrived, left FROM {0}.occupancy_sessions ORDER BY asset, arrived",
                "SELECT point, hour, readings, numbers, lowest, highest FROM {0}.readings_by_hour ORDER BY point, hour",
            ])
        {
            Assert.Equal(await store.TextAsync(sql.Replace("{0}", inTime.ToString(), StringComparison.Ordinal)), await store.TextAsync(sql.Replace("{0}", late.ToString(), StringComparison.Ordinal)));
        }

        Assert.Equal(readings.Length, await store.NumberAsync($"SELECT count() FROM {late}.readings"));
        Assert.Equal(2, await store.NumberAsync($"SELECT uniqExact(toYYYYMM(ts)) FROM {late}.readings"));
        Assert.InRange(await store.NumberAsync($"SELECT count() FROM {late}.occupancy_sessions"), Bays, readings.Length);
        await AssertRollupsAsync(late);
    }

    [Fact]
    public async Task Clock_that_ran_ahead_is_believed_up_to_the_limit_and_what_comes_after_it_is_put_in_its_place()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TestGateway gateway = new("gw-1");
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink);
        await gateway.SendBirthAsync(ingest);
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() * 1000;
        long ahead = now + (20 * 3_600_000);
        long tooFar = now + (25 * 3_600_000);

        Assert.Equal(MqttReasonCode.Success, await await gateway.SendFrameAsync(ingest, gateway.Frame(1, 1, [(0, ahead, 1)])));
        await DeriveAsync(database, ingest);
        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, await await gateway.SendFrameAsync(ingest, gateway.Frame(1, 2, [(0, now, 1), (0, tooFar, 0)])));
        Assert.Equal(MqttReasonCode.Success, await await gateway.SendFrameAsync(ingest, gateway.Frame(1, 3, [(0, now, 1), (0, now + 60_000, 0)])));
        await DeriveAsync(database, ingest);

        Assert.Equal(3UL, (await _sink.WaitAsync(gateway.Id, cursor => cursor.SequenceOf(1) == 3)).SequenceOf(1));
        Assert.Equal("2\t25.0 hours in the future", await store.TextAsync(
            $"SELECT seq, extract(detail, '[0-9.]+ hours in the future') FROM {database}.rejects FINAL"));
        Assert.Equal(
            $"""
            {now}	60
            {ahead}	\N
            """,
            await store.TextAsync($"SELECT toUnixTimestamp64Milli(arrived), seconds FROM {database}.occupancy_sessions ORDER BY arrived"));
        Assert.Equal(3, await store.NumberAsync($"SELECT sum(readings) FROM {database}.readings_by_minute"));
        await AssertRollupsAsync(database);
    }

    // Sessions are derived between frames, as the service does every few seconds, so that they are derived from what is there at the time.
    private async Task RunAsync(DatabaseName database, IReadOnlyList<(ulong Epoch, ulong Seq, (int, long, double)[] Readings)> frames, Random random)
    {
        TestGateway gateway = new("gw-1", Bays);
        RecordingSink sink = new();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, sink, Pipelines.Quick with { BatchRows = 60 });
        await gateway.SendBirthAsync(ingest);
        List<Task<MqttReasonCode>> confirmed = [];
        foreach ((ulong epoch, ulong seq, (int, long, double)[] readings) in frames)
        {
            confirmed.Add(await gateway.SendFrameAsync(ingest, gateway.Frame(epoch, seq, readings)));
            if (random.Next(10) == 0)
            {
                await DeriveAsync(database, ingest);
            }
        }

        Assert.All(await Task.WhenAll(confirmed), code => Assert.Equal(MqttReasonCode.Success, code));
        await DeriveAsync(database, ingest);
    }

    private async Task DeriveAsync(DatabaseName database, IngestPipeline ingest)
    {
        SessionDeriver deriver = new(store.Engine, new StoreTables(database));
        ulong through = ingest.StoredThrough;
        for (bool more = true; more;)
        {
            more = await deriver.StepAsync(through, CancellationToken.None);
        }
    }

    private async Task AssertRollupsAsync(DatabaseName database)
    {
        Assert.Equal("0", await store.TextAsync(RollupDifferences.Sql(database.ToString(), "minute")));
        Assert.Equal("0", await store.TextAsync(RollupDifferences.Sql(database.ToString(), "hour")));
    }

    // Ten days around the end of a month; every reading at a time of its own, so that their order needs no further rule.
    private static (int Point, long TimestampMs, double Value)[] Days(Random random)
    {
        long start = TestGateway.NewYear - (7 * 86_400_000L);
        return [.. Enumerable.Range(0, 300).Select(i =>
        {
            int bay = random.Next(Bays);
            bool isOccupancy = random.Next(3) > 0;
            return (Point: (bay * PointsPerBay) + (isOccupancy ? 0 : 1), TimestampMs: start + (i * 2_880_000L) + random.Next(2_000_000), Value: isOccupancy ? random.Next(2) : (double)random.Next(4000));
        })];
    }

    private static IEnumerable<(ulong Epoch, ulong Seq, (int, long, double)[] Readings)> Frames(ulong epoch, (int, long, double)[] readings) =>
        readings.Chunk(ReadingsPerFrame).Select((chunk, i) => (epoch, (ulong)i + 1, chunk));

    private static (int, long, double)[] Shuffled((int, long, double)[] readings, Random random)
    {
        random.Shuffle(readings);
        return readings;
    }
}
