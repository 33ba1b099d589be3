using System.Diagnostics;
using System.Runtime.CompilerServices;
using IotTelemetry.Benchmarks.Ingest;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Api;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Changes;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Assets;

/// <summary>The live state of a million assets: what it takes, how fast it is written and read, how soon it is there again, what it costs ingest.</summary>
internal sealed class AssetsSuite : ISuite
{
    private const double Goal = 3_000_000;
    private static readonly long Start = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;

    public string Name => "assets";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LiveState live = new();
        yield return new Figure("memory per asset of four points, all of the live state", Fill(live), "B", Better.Lower, 600);

        Birth[] births = [.. Enumerable.Range(0, AssetFleet.Gateways / 4).Select(AssetFleet.Decoded)];
        yield return new Figure("updates, two writers", Updates(live, births), "readings/s", Better.Higher, Goal);
        yield return new Figure("updates, two writers, one reader of all changes", await UpdatesWithReaderAsync(live, births), "readings/s", Better.Higher, Goal);
        foreach (Figure figure in Browse(live))
        {
            yield return figure;
        }

        string directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        try
        {
            await using EmbeddedEngine engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions { DataDirectory = Path.Combine(directory, "engine") }, cancellationToken: cancellationToken);
            await foreach (Figure figure in RebuildRun.RunAsync(engine, cancellationToken))
            {
                yield return figure;
            }

            (InProcessFigures with, InProcessFigures without) = await IngestAsync(engine, cancellationToken);
            yield return new Figure("ingest in process with the live state", with.Rate, "rows/s", Better.Higher, 0.95 * without.Rate, "without it", without.Rate);
            yield return new Figure("its processor time per million rows", with.CpuSeconds, "s", Better.Lower, 1.05 * without.CpuSeconds, "without it", without.CpuSeconds);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // Births are decoded and dropped, as ingest drops those it does not need: what is left is the live state.
    private static double Fill(LiveState live)
    {
        FrameColumns[] columns = Columns(AssetFleet.Decoded(0));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int gateway = 0; gateway < AssetFleet.Gateways; gateway++)
        {
            Birth birth = AssetFleet.Decoded(gateway);
            LiveGateway shard = live.Get(AssetFleet.IdOf(gateway));
            shard.Describe(birth, Start);
            foreach (FrameColumns quarter in columns)
            {
                shard.Apply(birth, quarter, Start + 5000);
            }
        }

        return (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)AssetFleet.Assets;
    }

    private static double Updates(LiveState live, Birth[] births)
    {
        const int Rounds = 20;
        FrameColumns[] columns = Columns(births[0]);
        Write(live, births, columns, 1);
        long start = Stopwatch.GetTimestamp();
        Write(live, births, columns, Rounds);
        return (double)Rounds * births.Length * columns.Length * AssetFleet.ReadingsPerFrame / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> UpdatesWithReaderAsync(LiveState live, Birth[] births)
    {
        using CancellationTokenSource stop = new();
        ChangeFeed feed = new(live, TimeProvider.System);
        feed.Look();
        using ChangeSubscription all = feed.Subscribe(new ChangeFilter(new AssetFilter()), null);
        Task feeding = Task.Run(() => feed.RunAsync(stop.Token));
        Task reading = Task.Run(async () =>
        {
            while (true)
            {
                await all.ReadAsync(stop.Token);
            }
        });
        double rate = Updates(live, births);
        await stop.CancelAsync();
        await Task.WhenAll(feeding, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return rate;
    }

    // Each writer has gateways of its own, as each connection has.
    private static void Write(LiveState live, Birth[] births, FrameColumns[] columns, int rounds) => Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, writer =>
    {
        for (int round = 0; round < rounds; round++)
        {
            foreach (FrameColumns quarter in columns)
            {
                for (int gateway = writer; gateway < births.Length; gateway += 2)
                {
                    live.Get(births[gateway].Header.Gateway).Apply(births[gateway], quarter, Start + 6000 + round);
                }
            }
        }
    });

    private static IEnumerable<Figure> Browse(LiveState live)
    {
        AssetBrowser browser = new(live);
        List<LiveAsset> page = [];
        yield return new Figure("page of 100 in the middle of a million assets, with its points", Milliseconds(100, () =>
        {
            page.Clear();
            browser.Read(new AssetFilter(), new AssetId("site-10", "bay-0510-0500"), 100, Start, page);
            page.ConvertAll(asset => AssetView.Of(asset, AssetHold.None, Start));
        }), "ms", Better.Lower);
        yield return new Figure("search for a text that one of a million assets has", Milliseconds(3, () =>
        {
            page.Clear();
            browser.Read(new AssetFilter { Text = "bay-0999-0999" }, null, 100, Start, page);
        }), "ms", Better.Lower);
        yield return new Figure("occupancy by zone of a site of 50,000 assets", Milliseconds(10, () => Occupancy.ByZone(live.Sites.Find("site-07")!, Occupancy.ZoneTag, Start)), "ms", Better.Lower);
    }

    private static double Milliseconds(int times, Action work)
    {
        work();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
        {
            work();
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / times;
    }

    // In turns, so that whatever else runs on the machine meets both; the median of each.
    private static async Task<(InProcessFigures With, InProcessFigures Without)> IngestAsync(EmbeddedEngine engine, CancellationToken cancellationToken)
    {
        IngestLoad[] loads = [.. Enumerable.Range(0, 4).Select(i => new IngestLoad(i, 500))];
        List<(double Rate, double CpuSeconds, double)> with = [];
        List<(double Rate, double CpuSeconds, double)> without = [];
        for (int turn = 0; turn < 5; turn++)
        {
            without.Add(await InProcess.RunAsync(engine, loads, null, cancellationToken));
            with.Add(await InProcess.RunAsync(engine, loads, new LiveState(), cancellationToken));
        }

        return (Median(with), Median(without));
    }

    private static InProcessFigures Median(List<(double Rate, double CpuSeconds, double)> turns) =>
        new(turns.Select(turn => turn.Rate).Order().ElementAt(turns.Count / 2), turns.Select(turn => turn.CpuSeconds).Order().ElementAt(turns.Count / 2));

    private static FrameColumns[] Columns(Birth birth) =>
        [.. Enumerable.Range(0, AssetFleet.AssetsPerGateway * AssetFleet.PointsPerAsset / AssetFleet.ReadingsPerFrame).Select(quarter => AssetFleet.Columns(birth, quarter, Start))];

    private readonly record struct InProcessFigures(double Rate, double CpuSeconds);
}
