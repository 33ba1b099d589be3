using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Rejects;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Cloud.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Rejects;

/// <summary>Frames that could not be stored, after what was wrong with them was mended.</summary>
[Collection(EngineTests.Name)]
public sealed class RejectReplayTests(EngineFixture store)
{
    private static readonly RejectFilter All = new(null, null, null, null, 1000);

    [Fact]
    public async Task Frame_that_lay_too_far_in_the_future_is_stored_once_when_its_time_has_come_and_the_cursor_stays()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TestGateway gateway = new("gw-1");
        byte[][] frames = [.. Enumerable.Range(1, 3).Select(seq => gateway.Frame(1, (ulong)seq, startMs: TestGateway.NewYear - 2))];
        IngestOptions past = Pipelines.Quick with { FutureLimit = TimeSpan.Zero };
        RecordingSink sink = new();
        await using (IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, sink, past, new FixedTime(TestGateway.NewYear - 1)))
        {
            await gateway.SendBirthAsync(ingest);
            foreach (byte[] frame in frames)
            {
                await gateway.SendFrameAsync(ingest, frame);
            }

            await sink.WaitAsync(gateway.Id, cursor => cursor.SequenceOf(1) == 3);
        }

        Assert.Equal(0, await store.NumberAsync($"SELECT count() FROM {database}.readings"));
        await using IngestPipeline mended = await Pipelines.StartAsync(store.Engine, database, sink);
        using RejectReplay replay = Replay(database, mended);
        ReplayReport dry = await replay.RunAsync(All, dryRun: true, CancellationToken.None);
        Assert.Equal((3, 12L, 0), (dry.Stored, dry.Readings, dry.StillBad));
        Assert.Equal(0, await store.NumberAsync($"SELECT count() FROM {database}.readings"));

        ReplayReport one = await replay.RunAsync(All with { Limit = 1 }, dryRun: false, CancellationToken.None);
        ReplayReport rest = await replay.RunAsync(All, dryRun: false, CancellationToken.None);
        Assert.Equal((1, 2, 1), (one.Stored, rest.Stored, rest.Skipped));
        Assert.Equal("12\t12", await store.TextAsync($"SELECT count(), uniqExact(seq, asset, point, ts) FROM {database}.readings"));
        Assert.Equal("12", await store.TextAsync($"SELECT sum(readings) FROM {database}.readings_by_hour"));

        // The place of the next frame is what it was.
        await gateway.SendFrameAsync(mended, gateway.Frame(1, 4));
        await sink.WaitAsync(gateway.Id, cursor => cursor.SequenceOf(1) == 4);
    }

    [Fact]
    public async Task Frame_of_an_unknown_birth_is_still_bad_until_the_birth_is_known()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TestGateway gateway = new("gw-1");
        byte[] frame = gateway.Frame(1, 1);
        RecordingSink sink = new();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, sink);
        await RejectAsync(database, gateway, 1, frame, "unknown_birth");
        using RejectReplay replay = Replay(database, ingest);
        ReplayReport early = await replay.RunAsync(All with { Reason = "unknown_birth" }, dryRun: false, CancellationToken.None);
        Assert.Equal(ReplayOutcome.StillBad, early.Items.Single().Outcome);
        Assert.Contains("birth", early.Items.Single().Detail, StringComparison.Ordinal);
        await sink.WaitAsync(gateway.Id, cursor => cursor.Rebirth?.Contains(gateway.Birth.Hash) == true);

        await gateway.SendBirthAsync(ingest);
        ReplayReport late = await replay.RunAsync(All with { Gateway = gateway.Id.ToString() }, dryRun: false, CancellationToken.None);
        Assert.Equal((1, 4L), (late.Stored, late.Readings));
        Assert.Equal(4, await store.NumberAsync($"SELECT count() FROM {database}.readings"));
    }

    [Fact]
    public async Task Bytes_that_are_no_frame_stay_bad_and_a_number_that_is_taken_is_left_alone()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TestGateway gateway = new("gw-1");
        RecordingSink sink = new();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, sink);
        await gateway.SendBirthAsync(ingest);
        await gateway.SendFrameAsync(ingest, gateway.Frame(1, 1));
        await sink.WaitAsync(gateway.Id, cursor => cursor.SequenceOf(1) == 1);
        await RejectAsync(database, gateway, 1, gateway.Frame(1, 1, salt: 5), "invalid");
        byte[] broken = gateway.Frame(1, 2);
        broken[^6] ^= 0xFF;
        await RejectAsync(database, gateway, 2, broken, "checksum");

        using RejectReplay replay = Replay(database, ingest);
        ReplayReport report = await replay.RunAsync(All, dryRun: false, CancellationToken.None);
        Assert.Equal([ReplayOutcome.NumberTaken, ReplayOutcome.StillBad], report.Items.Select(item => item.Outcome));
        Assert.Equal(4, await store.NumberAsync($"SELECT count() FROM {database}.readings"));
        Assert.Empty((await replay.RunAsync(All with { Since = DateTimeOffset.UtcNow + TimeSpan.FromHours(1) }, dryRun: false, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Replay_that_was_cut_off_between_two_months_stores_the_other_one_only()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TestGateway gateway = new("gw-1");
        byte[] frame = gateway.Frame(1, 1, readings: 4, startMs: TestGateway.NewYear - 2);
        await RejectAsync(database, gateway, 1, frame, "limit");
        FaultyEngine faulty = new(store.Engine, (_, table) => table.EndsWith(".frames", StringComparison.Ordinal) ? InsertFault.CrashBefore : InsertFault.None);
        await using (IngestPipeline dying = await Pipelines.StartAsync(faulty, database, new RecordingSink()))
        {
            await gateway.SendBirthAsync(dying);
            using RejectReplay first = Replay(database, dying);
            Task<ReplayReport> cut = first.RunAsync(All, dryRun: false, CancellationToken.None);
            await faulty.Crashed.WaitAsync(TimeSpan.FromSeconds(60));
        }

        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, new RecordingSink());
        using RejectReplay second = Replay(database, ingest);
        Assert.Equal(1, (await second.RunAsync(All, dryRun: false, CancellationToken.None)).Stored);
        Assert.Equal("4\t4", await store.TextAsync($"SELECT count(), uniqExact(seq, asset, point, ts) FROM {database}.readings"));
    }

    [Theory]
    [InlineData("90m", 90)]
    [InlineData("12h", 720)]
    [InlineData("7d", 10_080)]
    public void Age_is_a_moment_before_now(string text, int minutes)
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000);
        Assert.Equal(now - TimeSpan.FromMinutes(minutes), RejectsCommand.Moment("--since", text, now));
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("12")]
    [InlineData("-1h")]
    public void What_is_no_moment_is_refused(string text) => Assert.Throws<OptionException>(() => RejectsCommand.Moment("--since", text, DateTimeOffset.UnixEpoch));

    private RejectReplay Replay(DatabaseName database, IngestPipeline ingest)
    {
        StoreTables tables = new(database);
        EmbeddedWriter role = new(new LeaseTable(store.Engine, tables.Leases), ingest, hasGateways: true, TimeProvider.System, NullLogger<EmbeddedWriter>.Instance);
        return new RejectReplay(new RejectRecords(store.Engine, tables), ingest, role);
    }

    private Task RejectAsync(DatabaseName database, TestGateway gateway, ulong seq, byte[] frame, string reason) => store.Engine.ExecuteAsync(
        $"""
         INSERT INTO {database}.rejects (site, gateway, epoch, seq, fingerprint, received_at, reason, payload)
         SELECT '{gateway.Id.Site}', '{gateway.Id.Gateway}', 1, {seq}, {Fingerprint.Of(frame)}, now64(3), '{reason}', unhex('{Convert.ToHexString(frame)}')
         """);

    private sealed class FixedTime(long unixMs) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
    }
}
