using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests;

/// <summary>The least a cloud does: takes births and frames over MQTT, drops repeats, and says how far it has them.</summary>
internal sealed class CursorCloud : IAsyncDisposable
{
    private static readonly TimeSpan CursorInterval = TimeSpan.FromMilliseconds(50);

    private readonly MqttClient _client;
    private readonly GatewayTopics _topics;
    private readonly FrameDecoder _decoder = new();
    private readonly FrameColumns _columns = new();
    private readonly Dictionary<BirthHash, Birth> _births = [];
    private readonly Dictionary<ulong, (ulong Seq, long Active)> _stored = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _saying = Task.CompletedTask;
    private long _activity;

    private CursorCloud(MqttEndpoint endpoint, GatewayTopics topics)
    {
        _topics = topics;
        _client = new MqttClient(new MqttClientOptions
        {
            Endpoint = endpoint,
            ClientId = "cloud",
            Reconnect = new MqttReconnectOptions { RetryFirstConnection = true, InitialDelay = TimeSpan.FromMilliseconds(50), MaximumDelay = TimeSpan.FromMilliseconds(500) },
        });
    }

    /// <summary>Every reading stored: epoch, asset, point, time, value.</summary>
    public List<(ulong Epoch, string Asset, string Point, long TimestampMs, double Value)> Rows { get; } = [];

    public int RowCount
    {
        get
        {
            lock (_gate)
            {
                return Rows.Count;
            }
        }
    }

    public int Repeats { get; private set; }

    public IReadOnlyDictionary<BirthHash, Birth> Births => _births;

    public static async Task<CursorCloud> StartAsync(MqttEndpoint endpoint, GatewayId gateway)
    {
        var cloud = new CursorCloud(endpoint, new GatewayTopics(gateway));
        await cloud._client.SubscribeAsync(cloud._topics.Birth, cloud.OnBirth);
        await cloud._client.SubscribeAsync(cloud._topics.Telemetry, cloud.OnFrame);
        await cloud._client.ConnectAsync();
        cloud._saying = cloud.SayAsync();
        return cloud;
    }

    /// <summary>No reading is there twice, and within an epoch each point's readings came in the order of their time.</summary>
    public void AssertOnceAndInOrder()
    {
        lock (_gate)
        {
            Assert.Equal(Rows.Count, Rows.Select(r => (r.Asset, r.Point, r.TimestampMs)).Distinct().Count());
            var last = new Dictionary<(ulong, string, string), long>();
            foreach (var row in Rows)
            {
                var point = (row.Epoch, row.Asset, row.Point);
                Assert.True(row.TimestampMs > last.GetValueOrDefault(point), $"{point} goes back to {row.TimestampMs}");
                last[point] = row.TimestampMs;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _saying;
        await _client.DisposeAsync();
        _stop.Dispose();
    }

    private ValueTask OnBirth(MqttReceivedMessage message, CancellationToken cancellationToken)
    {
        var birth = Birth.Decode(message.Payload.Span);
        lock (_gate)
        {
            _births[birth.Hash] = birth;
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask OnFrame(MqttReceivedMessage message, CancellationToken cancellationToken)
    {
        if (EpochPosition.IsPosition(message.Payload.Span))
        {
            TakePosition(EpochPosition.Read(message.Payload.Span));
            return ValueTask.CompletedTask;
        }

        var header = FrameHeader.Read(message.Payload.Span);
        lock (_gate)
        {
            var last = _stored.GetValueOrDefault(header.Epoch).Seq;
            if (header.Sequence <= last)
            {
                Repeats++;
            }
            else if (header.Sequence == last + 1 && _births.TryGetValue(header.BirthHash, out var birth))
            {
                _decoder.Decode(message.Payload.Span, birth, _columns);
                for (var i = 0; i < _columns.Count; i++)
                {
                    var point = birth.Points[_columns.Points[i]];
                    Rows.Add((header.Epoch, point.Asset.Name, point.Name, _columns.TimestampsMs[i], _columns.Numbers[i]));
                }

                last = header.Sequence;
            }

            Store(header.Epoch, last);
        }

        return ValueTask.CompletedTask;
    }

    private void TakePosition(EpochPosition position)
    {
        lock (_gate)
        {
            Store(position.Epoch, Math.Max(_stored.GetValueOrDefault(position.Epoch).Seq, position.NextSequence - 1));
        }
    }

    /// <summary>How far an epoch is stored; a cursor has room for those that were active last.</summary>
    private void Store(ulong epoch, ulong seq) => _stored[epoch] = (seq, ++_activity);

    private async Task SayAsync()
    {
        using var timer = new PeriodicTimer(CursorInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                StoredCursor cursor;
                lock (_gate)
                {
                    cursor = new StoredCursor
                    {
                        Epochs = [.. _stored.Where(s => s.Value.Seq > 0).OrderByDescending(s => s.Value.Active).Take(StoredCursor.MaximumEpochs).Select(s => new EpochCursor(s.Key, s.Value.Seq))],
                    };
                }

                if (_client.State == MqttClientState.Connected)
                {
                    await _client.PublishAsync(new MqttMessage { Topic = _topics.Stored, Payload = cursor.Encode() }, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }
}
