using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Telemetry;
using IotTelemetry.Cloud.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Telemetry;

/// <summary>What the service measures of its gateways.</summary>
[Collection(EngineTests.Name)]
public sealed class ActivitySamplerTests(EngineFixture store)
{
    [Fact]
    public async Task Sample_ranks_the_gateways_of_the_last_interval_and_a_silent_interval_leaves_no_rows()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        RecordingSink sink = new();
        await using IngestPipeline ingest = await Pipelines.StartAsync(store.Engine, database, sink);
        TestGateway busy = new("busy");
        TestGateway calm = new("calm");
        await SendAsync(ingest, sink, busy, 5);
        await SendAsync(ingest, sink, calm, 2);
        Task<Mqtt.MqttReasonCode> refused = await calm.SendFrameAsync(ingest, [1, 2, 3]);
        await refused.WaitAsync(TimeSpan.FromSeconds(60));

        string table = new StoreTables(database).InternalTelemetry;
        ActivitySampler sampler = new(store.Engine, table, ingest.Registry, "here", TimeProvider.System, NullLogger<ActivitySampler>.Instance);
        await sampler.SampleAsync(CancellationToken.None);
        Assert.Equal("1\tbusy\t5\n2\tcalm\t2", await store.TextAsync($"SELECT rank, gateway, value FROM {table} WHERE metric = 'frames' ORDER BY rank"));
        Assert.Equal("busy\ncalm", await store.TextAsync($"SELECT gateway FROM {table} WHERE metric = 'bytes' ORDER BY rank"));
        Assert.Equal("calm\t1", await store.TextAsync($"SELECT gateway, value FROM {table} WHERE metric = 'rejects'"));
        Assert.Equal(2, await store.NumberAsync($"SELECT count() FROM {table} WHERE metric = 'lag_ms' AND instance = 'here' AND value > 0"));

        long before = await store.NumberAsync($"SELECT count() FROM {table}");
        await sampler.SampleAsync(CancellationToken.None);
        Assert.Equal(before, await store.NumberAsync($"SELECT count() FROM {table}"));
    }

    [Fact]
    public void Only_the_highest_are_kept_in_their_order()
    {
        TopGateways top = new(2);
        GatewaySession[] gateways = [.. Enumerable.Range(0, 5).Select(n => new GatewaySession(new Protocol.GatewayId("s", $"g{n}")))];
        long[] values = [3, 9, 0, 7, 1];
        for (int i = 0; i < gateways.Length; i++)
        {
            top.Add(gateways[i], values[i]);
        }

        Assert.Equal([("g1", 9L), ("g3", 7L)], top.Take().Select(entry => (entry.Gateway.Id.Gateway, entry.Value)));
    }

    private static async Task SendAsync(IngestPipeline ingest, RecordingSink sink, TestGateway gateway, int frames)
    {
        await gateway.SendBirthAsync(ingest);
        for (ulong seq = 1; seq <= (ulong)frames; seq++)
        {
            await gateway.SendFrameAsync(ingest, gateway.Frame(1, seq));
        }

        await sink.WaitAsync(gateway.Id, cursor => cursor.SequenceOf(1) == (ulong)frames);
    }
}
