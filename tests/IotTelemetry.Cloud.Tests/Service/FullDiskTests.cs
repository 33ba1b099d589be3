using System.Text.Json;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>The disk of the embedded engine is full, and later has room again.</summary>
public sealed class FullDiskTests
{
    private const int Frames = 150;
    private const int ReadingsPerFrame = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [SmallDiskFact]
    public async Task Full_disk_holds_gateways_up_until_there_is_room_and_loses_and_doubles_nothing()
    {
        using SmallDisk disk = SmallDisk.Mount(96);
        TestGateway gateway = new("gw-1", bays: 10);
        OutboxClient client = new(gateway, 1, [.. Enumerable.Range(1, Frames).Select(seq => gateway.Frame(1, (ulong)seq, ReadingsPerFrame, TestGateway.NewYear - 10))]);
        await using ServiceProcess service = await ServiceProcess.StartAsync(Path.Combine(disk.Directory, "data"), "--batch-rows", "400", "--batch-age-ms", "5");
        disk.Fill();

        Task<bool> sending = client.RunAsync(service.MqttPort);
        string problem = await UntilFailingAsync(service);
        Assert.Contains("the store has not taken rows", problem, StringComparison.Ordinal);
        Assert.False(sending.IsCompleted);
        Assert.NotEqual($"{Frames}", await service.QueryAsync("SELECT count() FROM iot.frames"));
        disk.Clear();

        Assert.True(await sending);
        const int Expected = Frames * ReadingsPerFrame;
        Assert.Equal($"{Expected}\t{Expected}", await service.QueryAsync("SELECT count(), uniqExact(gateway, epoch, seq, asset, point, ts) FROM iot.readings"));
        Assert.Equal("0", await service.QueryAsync(RollupDifferences.Sql("iot", "minute")));
        Assert.Equal("0", await service.QueryAsync(RollupDifferences.Sql("iot", "hour")));
        Assert.Equal(0, (await service.TerminateAsync()).ExitCode);
    }

    private static async Task<string> UntilFailingAsync(ServiceProcess service)
    {
        using CancellationTokenSource limit = new(Limit);
        while (true)
        {
            using JsonDocument status = JsonDocument.Parse(await service.Http.GetStringAsync(new Uri("status", UriKind.Relative), limit.Token));
            if (status.RootElement.GetProperty("problem").GetString() is { } problem && status.RootElement.GetProperty("storeRetries").GetInt64() >= 1)
            {
                return problem;
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
