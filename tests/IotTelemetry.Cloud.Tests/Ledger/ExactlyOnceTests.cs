using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Ledger;

/// <summary>Whatever inserts fail and wherever the process dies: every reading is stored once, in order.</summary>
[Collection(EngineTests.Name)]
public sealed class ExactlyOnceTests(EngineFixture store)
{
    [Fact]
    public void Every_reading_is_stored_exactly_once_through_any_faults_and_crashes() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => RunAsync(new CrashScenario(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    [Theory]
    [InlineData(InsertFault.CrashBefore)]
    [InlineData(InsertFault.CrashAfter)]
    [InlineData(InsertFault.CrashPartly)]
    public async Task Crash_at_any_insert_of_a_batch_over_two_years_loses_and_doubles_nothing(InsertFault crash)
    {
        // Inserts of the first run: birth, assets, then per batch December and January, twice each where kinds are kept apart, minutes, hours, frames.
        for (int at = 0; at < 12; at++)
        {
            int crashAt = at;
            await RunAsync(new CrashScenario(at) { FaultOf = (run, insert) => run == 0 && insert == crashAt ? crash : InsertFault.None });
        }
    }

    [Fact]
    public async Task Insert_that_went_through_without_an_answer_and_is_cut_off_when_it_is_repeated_doubles_nothing()
    {
        for (int at = 0; at < 12; at++)
        {
            int unknownAt = at;
            await RunAsync(new CrashScenario(at)
            {
                FaultOf = (run, insert) => run > 0 ? InsertFault.None : insert == unknownAt ? InsertFault.FailAfter : insert == unknownAt + 1 ? InsertFault.CrashPartly : InsertFault.None,
            });
        }
    }

    [Fact]
    public void Every_reading_is_stored_exactly_once_while_two_writers_write_and_their_partitions_move_at_every_crash() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), RunTwoWritersAsync)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(4));

    [Fact]
    public async Task Second_crash_does_not_forget_what_the_first_left_half_done()
    {
        // The first run dies with January of frames 1 to 10 written; the second stores some of them anew and dies; its committed batch is younger than the first run's rows.
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TestGateway gateway = new("gw-1");
        byte[][] frames = [.. Enumerable.Range(0, 10).Select(seq => gateway.Frame(1, (ulong)seq + 1, startMs: TestGateway.NewYear - 2))];
        IngestOptions oneBatch = Pipelines.Quick with { BatchAge = TimeSpan.FromMinutes(1), TrickleAge = TimeSpan.FromMinutes(1), BatchRows = 40 };
        await CrashAsync(database, gateway, frames, oneBatch, crashAtFrames: 0);
        Assert.Equal(20, await store.NumberAsync($"SELECT count() FROM {database}.readings"));

        await CrashAsync(database, gateway, frames[..6], oneBatch with { BatchRows = 6 }, crashAtFrames: 1);

        RecordingSink sink = new();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, sink);
        foreach (byte[] frame in frames)
        {
            await gateway.SendFrameAsync(ingest, frame);
        }

        await sink.WaitAsync(gateway.Id, c => c.SequenceOf(1) == 10);
        Assert.Equal("40\t40", await store.TextAsync($"SELECT count(), uniqExact(seq, asset, point, ts) FROM {database}.readings"));
        await AssertRollupsAsync(database);
    }

    private async Task AssertRollupsAsync(DatabaseName database)
    {
        Assert.NotEqual(0, await store.NumberAsync($"SELECT count() FROM {database}.readings_by_minute"));
        Assert.Equal(0, await store.NumberAsync(RollupDifferences.Sql(database.ToString(), "minute")));
        Assert.Equal(0, await store.NumberAsync(RollupDifferences.Sql(database.ToString(), "hour")));
    }

    // Dies at the n-th insert into readings for February, or at the n-th into frames after the first ones went through.
    private async Task CrashAsync(DatabaseName database, TestGateway gateway, byte[][] frames, IngestOptions options, int crashAtFrames)
    {
        int framesInserts = 0;
        int readingsInserts = 0;
        FaultyEngine engine = new(store.Engine, (_, table) =>
        {
            bool isFrames = table.EndsWith(".frames", StringComparison.Ordinal);
            bool isReadings = table.EndsWith(".readings", StringComparison.Ordinal);
            framesInserts += isFrames ? 1 : 0;
            readingsInserts += isReadings ? 1 : 0;
            return crashAtFrames == 0 && readingsInserts == 2 ? InsertFault.CrashBefore
                : crashAtFrames > 0 && framesInserts > crashAtFrames ? InsertFault.CrashBefore
                : InsertFault.None;
        });
        await using IngestPipeline ingest = await Pipelines.StartAsync(engine, database, new RecordingSink(), options);
        await gateway.SendBirthAsync(ingest);
        foreach (byte[] frame in frames)
        {
            await gateway.SendFrameAsync(ingest, frame);
        }

        await engine.Crashed.WaitAsync(TimeSpan.FromSeconds(20));
    }

    // Every run is a new process: a writer with a number of its own, that looks after those before it.
    private async Task RunTwoWritersAsync(int seed)
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        CrashScenario odd = Scenario(seed, "gw-1", "gw-2", first: 1);
        CrashScenario even = Scenario(~seed, "gw-3", "gw-4", first: 2);
        Assert.True(odd.Partitions.And(even.Partitions).IsEmpty);
        await Task.WhenAll(RunUntilThroughAsync(odd, database), RunUntilThroughAsync(even, database));
        await CheckAsync(database, $"{odd}", odd.Frames + even.Frames, odd.Readings + even.Readings);

        static CrashScenario Scenario(int seed, string one, string other, uint first)
        {
            PartitionSet partitions = new CrashScenario(0, one, other).Partitions;
            return new CrashScenario(seed, one, other)
            {
                StartAsync = async (ingest, run, cancellationToken) =>
                {
                    uint writer = first + (2 * (uint)run);
                    await ingest.TakeOverAsync(partitions, [.. Enumerable.Range(0, run).Select(earlier => first + (2 * (uint)earlier))], cancellationToken);
                    ingest.Start(writer);
                },
            };
        }
    }

    private async Task RunAsync(CrashScenario scenario)
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await RunUntilThroughAsync(scenario, database);
        await CheckAsync(database, scenario.ToString(), scenario.Frames, scenario.Readings);
    }

    private async Task RunUntilThroughAsync(CrashScenario scenario, DatabaseName database)
    {
        for (int run = 0; !await scenario.RunAsync(store.Engine, database, run); run++)
        {
            Assert.True(run < CrashScenario.FaultyRuns, $"{scenario}: a run without faults did not end");
        }
    }

    private async Task CheckAsync(DatabaseName database, string scenario, int frameCount, int readingCount)
    {
        string stored = await store.TextAsync(
            $"SELECT count(), uniqExact(gateway, epoch, seq, asset, point, ts), countIf(batch = 0) FROM {database}.readings");
        string frames = await store.TextAsync(
            $"SELECT uniqExact(gateway, epoch, seq), sum(rows) / count() * uniqExact(gateway, epoch, seq) FROM {database}.frames");
        string order = await store.TextAsync(
            $"""
             SELECT countIf(batch < before) FROM
             (SELECT batch, lagInFrame(batch) OVER (PARTITION BY gateway, epoch ORDER BY seq) AS before FROM {database}.frames)
             """);
        Assert.Equal(
            $"{scenario}: {readingCount}\t{readingCount}\t0 | {frameCount}\t{readingCount} | 0",
            $"{scenario}: {stored} | {frames} | {order}");
        await AssertRollupsAsync(database);
        await store.Engine.ExecuteAsync($"DROP DATABASE {database} SYNC");
    }
}
