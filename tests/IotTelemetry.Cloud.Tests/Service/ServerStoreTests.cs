using System.Net.Sockets;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>The service with its tables at a ClickHouse server: here another one of us, behind its door.</summary>
public sealed class ServerStoreTests
{
    [Fact]
    public async Task Service_stores_at_a_server_and_answers_from_there()
    {
        await using StoreService store = await StoreService.StartAsync();
        TestGateway gateway = new("gw-1");
        OutboxClient client = new(gateway, 1, [.. Enumerable.Range(0, 20).Select(seq => gateway.Frame(1, (ulong)seq + 1))]);
        await using (ServiceProcess service = await ServiceProcess.StartAsync(Path.GetTempPath(), store.ClientOptions))
        {
            Assert.True(await client.RunAsync(service.MqttPort));
            Assert.Equal("80", await service.QueryAsync("SELECT count() FROM iot.readings"));
            Assert.Equal(0, (await service.TerminateAsync()).ExitCode);
        }

        Assert.Equal("80\t80", await store.Process.QueryAsync("SELECT count(), uniqExact(seq, asset, point, ts) FROM iot.readings"));
        await using ServiceProcess again = await ServiceProcess.StartAsync(Path.GetTempPath(), store.ClientOptions);
        Assert.Equal("20", await again.QueryAsync("SELECT count() FROM iot.frames"));
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_named_at_the_start()
    {
        using TcpListener taken = new(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        int port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServiceProcess.StartAsync(Path.GetTempPath(), "--clickhouse", $"http://127.0.0.1:{port}"));
        Assert.Contains($"iot-cloud: cannot start: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"http://127.0.0.1:{port}/ cannot be reached", failure.Message, StringComparison.Ordinal);
    }
}
