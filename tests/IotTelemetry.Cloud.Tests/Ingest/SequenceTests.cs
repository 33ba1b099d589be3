using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Cloud.Tests.Ingest;

/// <summary>Only the next number is taken; only a position moves it (SPECIFICATION.md, section 6).</summary>
[Collection(EngineTests.Name)]
public sealed class SequenceTests(EngineFixture store)
{
    private readonly RecordingSink _sink = new();
    private readonly TestGateway _gateway = new("gw-1");

    [Fact]
    public async Task Frame_behind_a_missing_one_is_left_with_its_gateway_and_taken_when_the_missing_one_came()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await StartAsync(database);
        await AssertTakenAsync(ingest, 1);
        await AssertLeftAsync(ingest, 3);
        await AssertLeftAsync(ingest, 4);
        await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 1);
        Assert.Equal(1, await store.NumberAsync($"SELECT uniqExact(seq) FROM {database}.readings"));

        await AssertTakenAsync(ingest, 2, 3, 4);
        await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 4);
        Assert.All(_sink.Of(_gateway.Id), c => Assert.Null(c.Refused));
        Assert.Equal("4\t16", await store.TextAsync($"SELECT uniqExact(seq), count() FROM {database}.readings"));
        Assert.Equal(0, ingest.Counters.FramesMissing);
    }

    [Fact]
    public async Task Unknown_epoch_begins_with_1()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await StartAsync(database);
        await AssertLeftAsync(ingest, 2);
        await AssertTakenAsync(ingest, 1, 2);
    }

    [Fact]
    public async Task Position_makes_a_gap_legal_and_what_is_missing_is_counted_and_logged_once()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        RecordingLogs logs = new(307);
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink, logs: logs);
        await await _gateway.SendBirthAsync(ingest);
        await AssertTakenAsync(ingest, 1);
        for (int times = 0; times < 2; times++)
        {
            Assert.Equal(MqttReasonCode.Success, await await _gateway.SendPositionAsync(ingest, 1, 50));
        }

        await AssertLeftAsync(ingest, 51);
        await AssertTakenAsync(ingest, 50, 51);
        await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 51);
        Assert.Equal(48, ingest.Counters.FramesMissing);
        Assert.Contains("48 frames of epoch 1, 2 to 49, will never come", Assert.Single(logs.Lines), StringComparison.Ordinal);
        Assert.Equal(4, ingest.Counters.FramesReceived);
    }

    [Fact]
    public async Task Position_that_says_no_more_than_what_was_taken_changes_nothing()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await StartAsync(database);
        await AssertTakenAsync(ingest, 1, 2, 3);
        foreach (ulong said in (ulong[])[1, 3, 4])
        {
            Assert.Equal(MqttReasonCode.Success, await await _gateway.SendPositionAsync(ingest, 1, said));
        }

        await AssertLeftAsync(ingest, 5);
        await AssertTakenAsync(ingest, 3, 4);
        Assert.Equal(0, ingest.Counters.FramesMissing);
        Assert.Equal(1, ingest.Counters.FramesDuplicate);
    }

    [Fact]
    public async Task After_a_restart_what_was_not_stored_is_waited_for_and_a_position_has_to_be_said_again()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using (IngestPipeline before = await StartAsync(database))
        {
            await AssertTakenAsync(before, 1, 2);
            await await _gateway.SendPositionAsync(before, 1, 10);
        }

        await using IngestPipeline ingest = await StartAsync(database);
        await AssertLeftAsync(ingest, 4);
        await AssertLeftAsync(ingest, 10);
        await await _gateway.SendPositionAsync(ingest, 1, 10);
        await AssertTakenAsync(ingest, 10);
        await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 10);
        Assert.Equal(7, ingest.Counters.FramesMissing);
    }

    [Fact]
    public async Task Frame_handed_on_after_its_gateway_gave_it_up_is_kept_in_rejects_and_the_epoch_goes_on()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await StartAsync(database);
        await AssertTakenAsync(ingest, 1);
        await await _gateway.SendPositionAsync(ingest, 1, 5);
        byte[] late = _gateway.Frame(1, 3);
        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, await await _gateway.SendFrameAsync(ingest, late));

        await AssertTakenAsync(ingest, 5);
        await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 5);
        Assert.Equal($"3\t{Convert.ToHexString(late)}", await store.TextAsync($"SELECT seq, hex(payload) FROM {database}.rejects"));
        Assert.DoesNotContain(_sink.Of(_gateway.Id), c => c.NewEpoch);
    }

    [Fact]
    public async Task Position_passes_frames_that_wait_for_their_birth_and_the_order_stays()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink);
        Task<MqttReasonCode> first = await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 1));
        Assert.Equal(MqttReasonCode.Success, await await _gateway.SendPositionAsync(ingest, 1, 4));
        await AssertLeftAsync(ingest, 5);
        Task<MqttReasonCode> second = await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 4));
        Assert.False(first.IsCompleted);

        await _gateway.SendBirthAsync(ingest);
        Assert.Equal([MqttReasonCode.Success, MqttReasonCode.Success], await Task.WhenAll(first, second));
        await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 4);
        Assert.Equal("1,4", await store.TextAsync($"SELECT arrayStringConcat(arraySort(groupUniqArray(seq)), ',') FROM {database}.readings"));
    }

    [Fact]
    public async Task Frame_that_could_not_be_compared_holds_back_what_is_behind_it_until_it_came_again()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using (IngestPipeline before = await StartAsync(database))
        {
            await AssertTakenAsync(before, 1, 2, 3);
        }

        FaultyEngine engine = new(store.Engine, (_, _) => InsertFault.None);
        await using IngestPipeline ingest = await Pipelines.StartAsync(engine, database, _sink);
        await await _gateway.SendBirthAsync(ingest);
        engine.QueriesFail = true;
        Assert.Equal(MqttReasonCode.ImplementationSpecificError, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 2)));
        engine.QueriesFail = false;
        await AssertLeftAsync(ingest, 3);
        await AssertLeftAsync(ingest, 4);

        await AssertTakenAsync(ingest, 2, 3, 4);
    }

    [Fact]
    public async Task Damaged_position_is_kept_in_rejects_and_changes_nothing()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await StartAsync(database);
        byte[] damaged = new Protocol.EpochPosition(1, 9).Encode();
        damaged[^5] ^= 1;
        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, await await _gateway.SendFrameAsync(ingest, damaged));
        await AssertLeftAsync(ingest, 9);
        Assert.Equal("checksum", await store.TextAsync($"SELECT reason FROM {database}.rejects"));
    }

    [Fact]
    public void Position_behind_a_frame_that_could_not_be_compared_lifts_the_doubt()
    {
        EpochState epoch = new(1) { AcceptedNext = 9, Uncompared = 5 };
        epoch.Advance(5);
        Assert.Equal(5UL, epoch.Expected);
        epoch.Advance(6);
        Assert.Equal(9UL, epoch.Expected);
    }

    private async Task<IngestPipeline> StartAsync(DatabaseName database)
    {
        IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink);
        await await _gateway.SendBirthAsync(ingest);
        return ingest;
    }

    private async Task AssertTakenAsync(IngestPipeline ingest, params ulong[] seqs)
    {
        foreach (ulong seq in seqs)
        {
            Assert.Equal(MqttReasonCode.Success, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, seq)));
        }
    }

    private async Task AssertLeftAsync(IngestPipeline ingest, ulong seq) =>
        Assert.Equal(MqttReasonCode.QuotaExceeded, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, seq)));
}
