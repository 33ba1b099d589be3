using System.Diagnostics;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Mqtt.Tests.Peers;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>A replay as its user runs it, killed without warning and run again.</summary>
public sealed class ReplayKillTests : IDisposable
{
    private const int Rows = 60_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [MosquittoFact]
    public async Task Killed_again_and_again_and_run_once_more_it_stores_each_reading_once()
    {
        var rows = Enumerable.Range(0, Rows).Select(i => $"x,{DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + i):yyyy-MM-dd'T'HH:mm:sszzz},1,{(i % 3 == 0 ? "Present" : "Unoccupied")},{i % 500},\"-37.8, 144.9\"");
        var file = Path.Combine(_directory.Path, "bays.csv");
        await File.WriteAllLinesAsync(file, ["Lastupdated,Status_Timestamp,Zone_Number,Status_Description,KerbsideID,Location", .. rows]);
        await using var broker = await MosquittoBroker.StartAsync();
        await using var cloud = await CursorCloud.StartAsync(broker.Endpoint, new GatewayId("melbourne", "bays"));
        var random = new Random(5);
        for (var kill = 0; kill < 3; kill++)
        {
            using var replay = Start(file, broker, "state");
            var wanted = Math.Min(Rows, cloud.RowCount + random.Next(1, 12_000));
            await Eventually(() => cloud.RowCount >= wanted || replay.HasExited);
            replay.Kill();
            await replay.WaitForExitAsync().WaitAsync(Patience);
        }

        Assert.Contains($"readings={Rows} refusedFrames=0 confirmed=all", await RunAsync(file, broker, "state"), StringComparison.Ordinal);
        AssertEachOnce(cloud);

        // Again to the end, and from a device that has lost everything.
        Assert.Contains($"readings={Rows} refusedFrames=0 confirmed=all", await RunAsync(file, broker, "state"), StringComparison.Ordinal);
        Assert.Contains($"readings={Rows} refusedFrames=0 confirmed=all", await RunAsync(file, broker, "other-state"), StringComparison.Ordinal);
        AssertEachOnce(cloud);
    }

    private static void AssertEachOnce(CursorCloud cloud)
    {
        Assert.Equal(Rows, cloud.RowCount);
        Assert.Equal(Rows, cloud.Rows.Distinct().Count());
        Assert.Equal(Rows / 3, cloud.Rows.Count(r => r.Value == 1));
    }

    private static async Task Eventually(Func<bool> holds)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        while (!holds())
        {
            await Task.Delay(5, giveUp.Token);
        }
    }

    private async Task<string> RunAsync(string file, MosquittoBroker broker, string state)
    {
        using var replay = Start(file, broker, state);
        var summary = await replay.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await replay.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, replay.ExitCode);
        return summary;
    }

    private Process Start(string file, MosquittoBroker broker, string state)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[typeof(EdgeAgent).Assembly.Location, "--replay", file, "--format", "melbourne-bays", "--site", "melbourne", "--gateway", "bays",
            "--mqtt", broker.Endpoint.ToString(), "--state", Path.Combine(_directory.Path, state)])
        {
            start.ArgumentList.Add(argument);
        }

        var replay = Process.Start(start)!;
        replay.BeginErrorReadLine();
        return replay;
    }
}
