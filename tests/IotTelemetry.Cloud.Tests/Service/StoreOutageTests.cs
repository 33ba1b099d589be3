using System.Net;
using System.Text.Json;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>The store hangs, refuses and is slow while gateways send as fast as they may: they wait, connected, and afterwards all is there once and in order.</summary>
public sealed class StoreOutageTests
{
    private const int Gateways = 3;
    private const int FramesPerGateway = 300;
    private const int ReadingsPerFrame = 20;
    private const int BatchRows = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Store_that_hangs_refuses_and_is_slow_holds_gateways_up_and_loses_and_doubles_nothing()
    {
        await using StoreService store = await StoreService.StartAsync();
        await using StoreProxy proxy = new(store.Process.Http.BaseAddress!);
        OutboxClient[] clients = [.. Enumerable.Range(1, Gateways).Select(n => Client($"gw-{n}"))];
        await using ServiceProcess service = await ServiceProcess.StartAsync(
            Path.GetTempPath(), [.. store.ClientOptionsBy(proxy.Endpoint), "--lease-s", "5", "--batch-rows", $"{BatchRows}", "--batch-age-ms", "5"]);
        Task<bool[]> sending = Task.WhenAll(clients.Select(client => client.RunAsync(service.MqttPort)));
        await UntilStoredAsync(service, 1);

        using WaitingGateway waiting = new();
        proxy.Set(ProxyMode.Hang);
        await UntilReadyIsAsync(service, HttpStatusCode.ServiceUnavailable);
        await waiting.PublishAsync(service.MqttPort, new GatewayTopics(new GatewayId("harbour", "gw-waiting")).Telemetry);
        await AssertHeldUpAsync(service, waiting);

        proxy.Set(ProxyMode.Refuse);
        Assert.Contains("the store", await UntilReadyIsAsync(service, HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        await AssertHeldUpAsync(service, waiting);

        proxy.Set(ProxyMode.Slow);
        await UntilReadyIsAsync(service, HttpStatusCode.OK);
        await UntilStoredAsync(service, await NumberAsync(service, "batchesStored") + 3);

        proxy.Set(ProxyMode.Pass);
        Assert.All(await sending, isEmpty => Assert.True(isEmpty, "a connection did not survive the outage"));
        Assert.Equal(MqttPacketType.PubAck, await waiting.ReceiveAsync());
        const int Expected = Gateways * FramesPerGateway * ReadingsPerFrame;
        Assert.Equal($"{Expected}\t{Expected}", await store.Process.QueryAsync("SELECT count(), uniqExact(gateway, epoch, seq, asset, point, ts) FROM iot.readings"));
        Assert.Equal("0", await store.Process.QueryAsync(
            "SELECT countIf(batch < before) FROM (SELECT batch, lagInFrame(batch) OVER (PARTITION BY gateway, epoch ORDER BY seq) AS before FROM iot.frames)"));
        Assert.Equal("0", await store.Process.QueryAsync(RollupDifferences.Sql("iot", "minute")));
        Assert.Equal("0", await store.Process.QueryAsync(RollupDifferences.Sql("iot", "hour")));
        Assert.Equal(0, (await service.TerminateAsync()).ExitCode);
        Assert.DoesNotContain("LiveRebuild: Reading last values from the store failed", await service.Errors, StringComparison.Ordinal);
    }

    // Two batches, which may have grown to four times their rows, and for each connection the frame that fills one and the frame that waits. Their windows would let them send more.
    private static async Task AssertHeldUpAsync(ServiceProcess service, WaitingGateway waiting)
    {
        await waiting.PingAsync();
        Assert.Equal(Gateways + 1, await NumberAsync(service, "connections"));
        Assert.InRange(await NumberAsync(service, "framesInFlight"), 1, (2 * 4 * BatchRows / ReadingsPerFrame) + (2 * Gateways));
    }

    private static async Task UntilStoredAsync(ServiceProcess service, long batches)
    {
        using CancellationTokenSource limit = new(Limit);
        while (await NumberAsync(service, "batchesStored") < batches)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task<string> UntilReadyIsAsync(ServiceProcess service, HttpStatusCode status)
    {
        using CancellationTokenSource limit = new(Limit);
        while (true)
        {
            using HttpResponseMessage ready = await service.Http.GetAsync(new Uri("health/ready", UriKind.Relative), limit.Token);
            if (ready.StatusCode == status)
            {
                return await ready.Content.ReadAsStringAsync(limit.Token);
            }

            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task<long> NumberAsync(ServiceProcess service, string name)
    {
        using JsonDocument status = JsonDocument.Parse(await service.Http.GetStringAsync(new Uri("status", UriKind.Relative)));
        return status.RootElement.GetProperty(name).GetInt64();
    }

    private static OutboxClient Client(string name)
    {
        TestGateway gateway = new(name, bays: 10);
        return new OutboxClient(gateway, 1, [.. Enumerable.Range(1, FramesPerGateway).Select(seq => gateway.Frame(1, (ulong)seq, ReadingsPerFrame, TestGateway.NewYear - 10))]);
    }
}
