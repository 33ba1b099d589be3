using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Ingest;

[Collection(EngineTests.Name)]
public sealed class IngestPipelineTests(EngineFixture store)
{
    private readonly RecordingSink _sink = new();
    private readonly TestGateway _gateway = new("gw-1");

    [Fact]
    public async Task Frame_is_acknowledged_only_after_its_rows_are_stored()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TaskCompletionSource gate = new();
        FaultyEngine engine = new(store.Engine, (_, _) => InsertFault.None);
        await using IngestPipeline ingest = await Pipelines.StartAsync(engine, database, _sink);
        await await _gateway.SendBirthAsync(ingest);
        engine.Gate = gate.Task;

        Task<MqttReasonCode> confirmed = await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 1));
        Assert.False(confirmed.IsCompleted);
        Assert.Equal(1, ingest.Counters.FramesInFlight);
        gate.SetResult();

        Assert.Equal(MqttReasonCode.Success, await confirmed);
        Assert.Equal(4, await store.NumberAsync($"SELECT count() FROM {database}.readings"));
        StoredCursor cursor = await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 1);
        Assert.Null(cursor.Refused);
    }

    [Fact]
    public async Task Readings_arrive_with_every_column_as_it_was_sent()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink);
        await _gateway.SendBirthAsync(ingest);
        await await _gateway.SendFrameAsync(ingest, _gateway.Frame(9, 1, readings: 3));

        Assert.Equal(
            """
            harbour	gw-1	parking_bay	occupied	bay-0	2025-02-01 00:00:00.008	0		0	9	1
            harbour	gw-1	parking_bay	distance_mm	bay-0	2025-02-01 00:00:00.009	101.5		0	9	1
            harbour	gw-1	parking_bay	state	bay-0	2025-02-01 00:00:00.010	0	free	0	9	1
            """,
            await store.TextAsync($"SELECT site, gateway, asset_kind, point, asset, ts, value, text, quality, epoch, seq FROM {database}.readings ORDER BY ts"));
        Assert.Equal("harbour\tbay-0\tgw-1\tparking_bay\t-37.8\t144.9\t{'zone':'7'}", await store.TextAsync(
            $"SELECT site, asset, gateway, kind, latitude, longitude, tags FROM {database}.assets ORDER BY asset LIMIT 1"));
        Assert.Equal($"harbour\tgw-1\t{_gateway.Birth.Hash}\t1.0\tsimulated\t3\t9", await store.TextAsync(
            $"SELECT site, gateway, birth_hash, software, board, assets, points FROM {database}.gateways"));
    }

    [Fact]
    public async Task Repeated_frame_is_dropped_and_confirmed()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink);
        await _gateway.SendBirthAsync(ingest);
        byte[] frame = _gateway.Frame(1, 1);

        await await _gateway.SendFrameAsync(ingest, frame);
        Assert.Equal(MqttReasonCode.Success, await await _gateway.SendFrameAsync(ingest, frame));

        Assert.Equal(1, ingest.Counters.FramesDuplicate);
        Assert.Equal(4, await store.NumberAsync($"SELECT count() FROM {database}.readings"));
    }

    [Fact]
    public async Task Repeat_of_a_frame_on_its_way_is_confirmed_only_when_that_one_is_stored()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TaskCompletionSource gate = new();
        FaultyEngine engine = new(store.Engine, (_, _) => InsertFault.None);
        await using IngestPipeline ingest = await Pipelines.StartAsync(engine, database, _sink);
        await await _gateway.SendBirthAsync(ingest);
        engine.Gate = gate.Task;
        byte[] frame = _gateway.Frame(1, 1);

        await _gateway.SendFrameAsync(ingest, frame);
        Task<MqttReasonCode> repeat = await _gateway.SendFrameAsync(ingest, frame);
        Assert.False(repeat.IsCompleted);
        gate.SetResult();

        Assert.Equal(MqttReasonCode.Success, await repeat);
        Assert.Equal(4, await store.NumberAsync($"SELECT count() FROM {database}.readings"));
    }

    [Fact]
    public async Task Frames_wait_in_order_for_a_birth_that_is_asked_for()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink);
        List<Task<MqttReasonCode>> confirmed = [];
        for (ulong seq = 1; seq <= 5; seq++)
        {
            confirmed.Add(await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, seq)));
        }

        StoredCursor asked = await _sink.WaitAsync(_gateway.Id, c => c.Rebirth is not null);
        Assert.Equal([_gateway.Birth.Hash], asked.Rebirth);
        Assert.All(confirmed, task => Assert.False(task.IsCompleted));

        await _gateway.SendBirthAsync(ingest);
        Assert.All(await Task.WhenAll(confirmed), code => Assert.Equal(MqttReasonCode.Success, code));
        Assert.Null((await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 5)).Rebirth);
        Assert.Equal(20, await store.NumberAsync($"SELECT uniqExact(seq, ts) FROM {database}.readings"));
    }

    [Fact]
    public async Task Frame_refused_for_want_of_room_holds_back_the_frames_behind_it_until_it_comes_again()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink, Pipelines.Quick with { HeldFramesPerGateway = 1 });
        Task<MqttReasonCode> first = await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 1));
        Assert.Equal(MqttReasonCode.QuotaExceeded, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 2)));
        await _gateway.SendBirthAsync(ingest);
        await first;

        Assert.Equal(MqttReasonCode.QuotaExceeded, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 3)));
        Assert.Equal(MqttReasonCode.Success, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 2)));
        Assert.Equal(MqttReasonCode.Success, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 3)));
        Assert.Equal(12, await store.NumberAsync($"SELECT uniqExact(seq, ts) FROM {database}.readings"));
    }

    [Fact]
    public async Task Birth_of_an_earlier_run_is_read_from_the_store()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using (IngestPipeline before = await Pipelines.StartAsync(store.Engine, database, _sink))
        {
            await await _gateway.SendBirthAsync(before);
        }

        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink);
        Assert.Equal(MqttReasonCode.Success, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 1)));
        await await _gateway.SendBirthAsync(ingest);
        Assert.Equal(1, await store.NumberAsync($"SELECT count() FROM {database}.gateway_history"));
    }

    [Fact]
    public async Task Reading_too_far_in_the_future_sends_its_frame_to_rejects_and_the_cursor_passes_it()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink);
        await _gateway.SendBirthAsync(ingest);
        long inTwoDays = DateTimeOffset.UtcNow.AddDays(2).ToUnixTimeMilliseconds();
        byte[] future = _gateway.Frame(1, 1, startMs: inTwoDays);

        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, await await _gateway.SendFrameAsync(ingest, future));
        Assert.Equal(MqttReasonCode.Success, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 2)));

        StoredCursor cursor = await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 2);
        Assert.Equal(RefusalReason.Invalid, Assert.Single(cursor.Refused!).Reason);
        Assert.Equal($"gw-1\t1\t1\tinvalid\t{Convert.ToHexString(future)}", await store.TextAsync(
            $"SELECT gateway, epoch, seq, reason, hex(payload) FROM {database}.rejects"));
        Assert.Equal("1\trejected\n2\tstored", await store.TextAsync($"SELECT seq, outcome FROM {database}.frames ORDER BY seq"));
    }

    [Fact]
    public async Task Bytes_that_are_no_frame_are_kept_raw_and_told()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink);

        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, await await _gateway.SendFrameAsync(ingest, new byte[100]));
        byte[] damaged = _gateway.Frame(1, 1);
        damaged[^1] ^= 1;
        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, await await _gateway.SendFrameAsync(ingest, damaged));

        Assert.Equal("checksum\nnot_a_frame", await store.TextAsync($"SELECT reason FROM {database}.rejects ORDER BY reason"));
        Assert.Equal(2, ingest.Counters.FramesRejected);
        Assert.Equal(0, ingest.Counters.FramesInFlight);
    }

    [Fact]
    public async Task Other_bytes_under_a_stored_number_go_to_rejects_and_a_new_epoch_is_demanded()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await using (IngestPipeline before = await Pipelines.StartAsync(store.Engine, database, _sink))
        {
            await _gateway.SendBirthAsync(before);
            for (ulong seq = 1; seq <= 10; seq++)
            {
                await await _gateway.SendFrameAsync(before, _gateway.Frame(1, seq));
            }
        }

        // The gateway's disk is restored from a copy made at seq 5: what it sends as 5 is the same, what it sends as 6 is not.
        RecordingSink sink = new();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, sink);
        await await _gateway.SendBirthAsync(ingest);
        Assert.Equal(MqttReasonCode.Success, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 5)));
        byte[] other = _gateway.Frame(1, 6, salt: 0.3);
        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, await await _gateway.SendFrameAsync(ingest, other));

        await sink.WaitAsync(_gateway.Id, c => c.NewEpoch);
        StoredCursor cursor = await sink.WaitAsync(_gateway.Id, c => c.Refused is not null);
        Assert.Null(cursor.SequenceOf(1));
        Assert.Equal((1UL, 6UL), Assert.Single(cursor.Refused!) is var refused ? (refused.Epoch, refused.Seq) : default);
        Assert.Equal($"1\t6\t{Convert.ToHexString(other)}", await store.TextAsync($"SELECT epoch, seq, hex(payload) FROM {database}.rejects"));

        // Demanded once, not with every cursor.
        await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 7, salt: 0.3));
        await sink.WaitAsync(_gateway.Id, c => c.Refused is { Count: 2 });
        Assert.Single(sink.Of(_gateway.Id), c => c.NewEpoch);

        // Behind what is stored the numbers are free, and the cursor tells the truth again.
        Assert.Equal(MqttReasonCode.Success, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 11, salt: 0.3)));
        await sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 11);
        Assert.Equal(MqttReasonCode.Success, await await _gateway.SendFrameAsync(ingest, _gateway.Frame(2, 1, salt: 0.3)));
        Assert.Equal(48, await store.NumberAsync($"SELECT uniqExact(epoch, seq, ts) FROM {database}.readings"));
    }

    [Fact]
    public async Task Store_that_stays_away_stops_reading_and_loses_nothing()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TaskCompletionSource gate = new();
        FaultyEngine engine = new(store.Engine, (_, _) => InsertFault.None) { Gate = gate.Task };
        await using IngestPipeline ingest = await Pipelines.StartAsync(engine, database, _sink, Pipelines.Quick with { BatchRows = 8 });
        await _gateway.SendBirthAsync(ingest);
        List<Task> sends = [];
        for (ulong seq = 1; seq <= 12 && sends.All(s => s.IsCompleted); seq++)
        {
            sends.Add(_gateway.SendFrameAsync(ingest, _gateway.Frame(1, seq)));
        }

        // One batch is being written and one is full: the next frame is not taken, so its connection is not read.
        Assert.False(sends[^1].IsCompleted);
        Assert.InRange(sends.Count, 3, 6);
        gate.SetResult();
        await Task.WhenAll(sends).WaitAsync(TimeSpan.FromSeconds(20));
        await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == (ulong)sends.Count);
        Assert.Equal(sends.Count * 4, await store.NumberAsync($"SELECT uniqExact(seq, ts) FROM {database}.readings"));
    }

    [Fact]
    public async Task Drain_stores_and_confirms_what_was_taken()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        IngestOptions patient = new() { BatchAge = TimeSpan.FromMinutes(1), TrickleAge = TimeSpan.FromMinutes(1) };
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, _sink, patient);
        await _gateway.SendBirthAsync(ingest);
        Task<MqttReasonCode> confirmed = await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 1));

        Assert.True(await ingest.DrainAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(MqttReasonCode.Success, await confirmed);
        Assert.Equal(1UL, _sink.Of(_gateway.Id)[^1].SequenceOf(1));
    }

    [Fact]
    public async Task Drain_gives_up_on_a_store_that_stays_away_and_confirms_nothing()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        FaultyEngine engine = new(store.Engine, (_, _) => InsertFault.FailBefore);
        await using IngestPipeline ingest = await Pipelines.StartAsync(engine, database, _sink);
        await _gateway.SendBirthAsync(ingest);
        Task<MqttReasonCode> confirmed = await _gateway.SendFrameAsync(ingest, _gateway.Frame(1, 1));

        Assert.False(await ingest.DrainAsync(TimeSpan.FromMilliseconds(300)));
        Assert.False(confirmed.IsCompleted);
        Assert.NotNull(ingest.Retry.FailingFor);
    }
}
