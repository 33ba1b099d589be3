using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>
/// Two gateways with two epochs each, one with assets of two kinds, whose frames lie around the end of a year, rules of retention that change from start to start, and a service that runs again and again with faults until a run goes through.
/// The gateways delete on the cursor only, and begin again behind it after every run. Everything that is random comes from the seed.
/// </summary>
internal sealed class CrashScenario
{
    public const int FaultyRuns = 6;
    private const int FramesPerEpoch = 12;
    private const int ReadingsPerFrame = 8;
    private static readonly long YearEnd = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly RetentionRules[] Retentions = [RetentionRules.KeepAll, new(["*/ev_charger=36500d"]), new(["harbour/*=36500d", "harbour/ev_charger=36499d"])];
    private readonly int _seed;
    private readonly TestGateway[] _gateways;
    private readonly Dictionary<(TestGateway Gateway, ulong Epoch), byte[][]> _outboxes = [];
    private readonly Dictionary<(TestGateway Gateway, ulong Epoch), int> _confirmed = [];

    public CrashScenario(int seed, string first = "gw-1", string second = "gw-2")
    {
        _seed = seed;
        _gateways = [new(first), new(second, kinds: ["parking_bay", "ev_charger"])];
        foreach (TestGateway gateway in _gateways)
        {
            foreach (ulong epoch in (ulong[])[7, 8])
            {
                _outboxes[(gateway, epoch)] = [.. Enumerable.Range(0, FramesPerEpoch).Select(seq =>
                    gateway.Frame(epoch, (ulong)seq + 1, ReadingsPerFrame, YearEnd - 20 + (seq * 4) - 2))];
                _confirmed[(gateway, epoch)] = 0;
            }
        }

        FaultOf = RandomFault;
    }

    /// <summary>The partitions of the gateways.</summary>
    public PartitionSet Partitions => PartitionSet.Of(_gateways.Select(gateway => gateway.Id.Partition));

    /// <summary>Starts the n-th run's pipeline; by itself, as the only writer.</summary>
    public Func<IngestPipeline, int, CancellationToken, Task> StartAsync { get; init; } = (ingest, _, cancellationToken) => ingest.StartAsync(cancellationToken);

    /// <summary>The fault of the n-th insert of a run.</summary>
    public Func<int, int, InsertFault> FaultOf { get; init; }

    public int Frames => _outboxes.Count * FramesPerEpoch;

    public int Readings => Frames * ReadingsPerFrame;

    /// <summary>Runs the service once.</summary>
    /// <returns>True when everything is confirmed, false when it crashed.</returns>
    public async Task<bool> RunAsync(IClickHouseEngine engine, DatabaseName database, int run)
    {
        Random random = new(HashCode.Combine(_seed, run));
        RecordingSink sink = new();
        FaultyEngine faulty = new(engine, (insert, _) => FaultOf(run, insert));
        IngestOptions options = Pipelines.Quick with
        {
            BatchRows = random.Next(8, 120),
            BatchAge = TimeSpan.FromMilliseconds(random.Next(1, 20)),
            TrickleAge = TimeSpan.FromMilliseconds(20),
            Retention = Retentions[random.Next(Retentions.Length)],
        };
        using CancellationTokenSource gone = new();
        Task crash = faulty.Crashed.ContinueWith(_ => gone.CancelAsync(), TaskScheduler.Default).Unwrap();
        try
        {
            await using IngestPipeline ingest = new(faulty, database, sink, options, TimeProvider.System, NullLoggerFactory.Instance);
            await StartAsync(ingest, run, gone.Token);
            await Task.WhenAll(_gateways.Select(gateway => SendAllAsync(gateway, ingest, random.Next(), gone.Token)));
            await Task.WhenAll(_outboxes.Keys.Select(outbox => sink.WaitAsync(outbox.Gateway.Id, c => c.SequenceOf(outbox.Epoch) == FramesPerEpoch, gone.Token)));
            return true;
        }
        catch (ClickHouseException)
        {
            return false; // A fault while the ledger was read and what a crash left was looked after: the service did not start, and is started again.
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            await crash;
            Learn(sink, random);
            return false;
        }
    }

    public override string ToString() => $"seed {_seed}";

    // Both epochs of a gateway take turns, as a backlog behind live frames does; now and then a frame is sent twice.
    private async Task SendAllAsync(TestGateway gateway, IngestPipeline ingest, int seed, CancellationToken gone)
    {
        Random random = new(seed);
        await gateway.SendBirthAsync(ingest, gone);
        Dictionary<ulong, int> next = new() { [7] = _confirmed[(gateway, 7)], [8] = _confirmed[(gateway, 8)] };
        foreach ((ulong epoch, int confirmed) in next.Where(n => n.Value > 0))
        {
            await gateway.SendPositionAsync(ingest, epoch, (ulong)confirmed + 1, gone);
        }

        while (next.Values.Any(n => n < FramesPerEpoch))
        {
            ulong epoch = next.Where(n => n.Value < FramesPerEpoch).ElementAt(random.Next(next.Values.Count(n => n < FramesPerEpoch))).Key;
            byte[] frame = _outboxes[(gateway, epoch)][next[epoch]++];
            for (int times = random.Next(8) == 0 ? 2 : 1; times > 0; times--)
            {
                Task<MqttReasonCode> confirmed = await gateway.SendFrameAsync(ingest, frame, gone);
                Assert.True(!confirmed.IsCompleted || await confirmed == MqttReasonCode.Success);
            }
        }
    }

    // The last cursors may be lost on the way: any one that was sent may be the last that arrived.
    private void Learn(RecordingSink sink, Random random)
    {
        foreach (TestGateway gateway in _gateways)
        {
            IReadOnlyList<Protocol.StoredCursor> cursors = sink.Of(gateway.Id);
            foreach (Protocol.StoredCursor cursor in cursors.Take(random.Next(cursors.Count + 1)))
            {
                foreach (Protocol.EpochCursor epoch in cursor.Epochs)
                {
                    _confirmed[(gateway, epoch.Epoch)] = Math.Max(_confirmed[(gateway, epoch.Epoch)], (int)epoch.Seq);
                }
            }
        }
    }

    private InsertFault RandomFault(int run, int insert)
    {
        if (run >= FaultyRuns)
        {
            return InsertFault.None;
        }

        return new Random(HashCode.Combine(_seed, run, insert)).Next(12) switch
        {
            0 => InsertFault.FailBefore,
            1 => InsertFault.FailAfter,
            2 => InsertFault.CrashBefore,
            3 => InsertFault.CrashAfter,
            4 => InsertFault.CrashPartly,
            _ => InsertFault.None,
        };
    }
}
