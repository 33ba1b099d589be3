using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>
/// One gateway with two epochs, sending as SPECIFICATION.md, sections 5.8 and 6 say, through a broker that acknowledges everything and forgets, repeats and hands on late what it likes, to a
/// service that is stopped at any moment and started again. Its outbox gives up its oldest frames now and then. Everything that is random comes from the seed, except how far storing has got.
/// </summary>
internal sealed class ForgetfulScenario(int seed)
{
    private const int Rounds = 40;
    private readonly Random _random = new(seed);
    private readonly TestGateway _gateway = new("gw-1");
    private readonly Epoch[] _epochs = [new(7), new(8)];
    private readonly List<Queue<byte[]>> _connections = [];

    /// <summary>Frames that never were given up: all of them must be stored.</summary>
    public IEnumerable<(ulong Epoch, ulong Seq)> Kept => _epochs.SelectMany(e => Enumerable.Range(1, e.Last).Where(s => !e.Dropped.Contains(s)).Select(s => (e.Number, (ulong)s)));

    public int Forgotten { get; private set; }

    public long Left { get; private set; }

    public long Missing { get; private set; }

    public async Task RunAsync(IClickHouseEngine engine, DatabaseName database)
    {
        RecordingSink sink = new();
        IngestPipeline ingest = await StartAsync(engine, database, sink);
        for (int round = 0; round < Rounds; round++)
        {
            if (round == 0 || _random.Next(5) == 0)
            {
                Reconnect();
            }

            foreach (Epoch epoch in _epochs)
            {
                epoch.Last += _random.Next(4);
                epoch.DropOldest(_random.Next(12) == 0 ? _random.Next(4) : 0);
                epoch.Send(_random.Next(6), _gateway, Forward);
            }

            await DeliverAsync(ingest, _random.Next(12));
            if (_random.Next(6) == 0)
            {
                Count(ingest);
                await ingest.DisposeAsync();
                ingest = await StartAsync(engine, database, sink);
            }

            Learn(sink);
        }

        await DrainAsync(ingest, sink);
        Count(ingest);
        await ingest.DisposeAsync();
    }

    // What still lies about is handed on; then the outbox drains over an honest broker, with a new frame each, so that the cursor has something to pass.
    private async Task DrainAsync(IngestPipeline ingest, RecordingSink sink)
    {
        await DeliverAsync(ingest, int.MaxValue);
        Reconnect();
        foreach (Epoch epoch in _epochs)
        {
            epoch.Last++;
            epoch.Send(int.MaxValue, _gateway, _connections[^1].Enqueue);
        }

        await DeliverAsync(ingest, int.MaxValue);
        foreach (Epoch epoch in _epochs)
        {
            await sink.WaitAsync(_gateway.Id, c => c.SequenceOf(epoch.Number) == (ulong)epoch.Last);
        }
    }

    private async Task<IngestPipeline> StartAsync(IClickHouseEngine engine, DatabaseName database, RecordingSink sink)
    {
        IngestPipeline ingest = await Pipelines.StartAsync(engine, database, sink, Pipelines.Quick with { BatchRows = _random.Next(1, 60) });
        await _gateway.SendBirthAsync(ingest);
        return ingest;
    }

    private void Reconnect()
    {
        _connections.Add([]);
        foreach (Epoch epoch in _epochs)
        {
            epoch.Rewind();
        }
    }

    private void Forward(byte[] message)
    {
        int fate = _random.Next(100);
        Forgotten += fate < 10 ? 1 : 0;
        for (int copies = fate < 10 ? 0 : fate < 18 ? 2 : 1; copies > 0; copies--)
        {
            _connections[^1].Enqueue(message);
        }
    }

    private async Task DeliverAsync(IngestPipeline ingest, int messages)
    {
        for (; messages > 0 && _connections.FindAll(c => c.Count > 0) is { Count: > 0 } lying; messages--)
        {
            await _gateway.SendFrameAsync(ingest, lying[_random.Next(lying.Count)].Dequeue());
        }
    }

    private void Count(IngestPipeline ingest)
    {
        Left += ingest.Counters.FramesRefused;
        Missing += ingest.Counters.FramesMissing;
    }

    private void Learn(RecordingSink sink)
    {
        if (_random.Next(2) == 0 && sink.Of(_gateway.Id) is { Count: > 0 } cursors)
        {
            foreach (Epoch epoch in _epochs)
            {
                epoch.Confirmed = Math.Max(epoch.Confirmed, (int)(cursors[^1].SequenceOf(epoch.Number) ?? 0));
            }
        }
    }

    /// <summary>An epoch of the outbox and how far it was sent.</summary>
    private sealed class Epoch(ulong number)
    {
        private int _sent;
        private int _announced = 1;
        private int _first = 1;

        public ulong Number => number;

        public int Last { get; set; }

        public int Confirmed { get; set; }

        public HashSet<int> Dropped { get; } = [];

        public void Rewind() => (_sent, _announced) = (Confirmed, 1);

        public void DropOldest(int frames)
        {
            for (_first = Math.Max(_first, Confirmed + 1); frames > 0 && _first <= Last; frames--)
            {
                Dropped.Add(_first++);
            }
        }

        public void Send(int frames, TestGateway gateway, Action<byte[]> forward)
        {
            for (; frames > 0 && Math.Max(_sent + 1, _first) is var next && next <= Last; frames--)
            {
                if (next != _announced)
                {
                    forward(new Protocol.EpochPosition(number, (ulong)next).Encode());
                }

                forward(gateway.Frame(number, (ulong)next));
                _sent = next;
                _announced = next + 1;
            }
        }
    }
}
