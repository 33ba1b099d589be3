using IotTelemetry.Edge.Uplink;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests;

/// <summary>
/// A broker that acknowledges everything and forgets, repeats and delays what it likes, and behind it a cloud by the rule of SPECIFICATION.md, section 6, that now and then loses what it
/// had taken and not stored. Everything that is random comes from the seed.
/// </summary>
internal sealed class ForgetfulCloud(int seed)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<int, Queue<ScriptedTransport.SentMessage>> _lying = [];
    private readonly Dictionary<ulong, ulong> _expected = [];
    private readonly Dictionary<ulong, ulong> _stored = [];
    private readonly List<(ulong Epoch, ulong Seq)> _taken = [];

    /// <summary>Frames stored, in the order of storing.</summary>
    public List<(ulong Epoch, ulong Seq)> Rows { get; } = [];

    public int Forgotten { get; private set; }

    public int LeftWithGateway { get; private set; }

    public int Positions { get; private set; }

    /// <summary>From now on nothing goes wrong any more.</summary>
    public bool IsHonest { get; set; }

    public PublishAnswer Take(ScriptedTransport.SentMessage message)
    {
        lock (_gate)
        {
            if (message.Topic != RunningUplink.Topics.Telemetry)
            {
                return new PublishAnswer(true, "");
            }

            var fate = IsHonest ? 100 : _random.Next(100);
            for (var copies = fate < 12 ? 0 : fate < 20 ? 2 : 1; copies > 0; copies--)
            {
                if (!_lying.TryGetValue(message.Connection, out var queue))
                {
                    _lying.Add(message.Connection, queue = new Queue<ScriptedTransport.SentMessage>());
                }

                queue.Enqueue(message);
            }

            Forgotten += fate < 12 ? 1 : 0;
            return new PublishAnswer(true, "");
        }
    }

    /// <summary>Hands some messages on to the cloud: in order per connection, in any order between connections. Then the cloud stores, or dies.</summary>
    /// <returns>Its cursor.</returns>
    public StoredCursor Advance()
    {
        lock (_gate)
        {
            for (var deliveries = IsHonest ? int.MaxValue : _random.Next(30); deliveries > 0 && _lying.Count > 0; deliveries--)
            {
                var connection = _lying.Keys.ElementAt(_random.Next(_lying.Count));
                Deliver(_lying[connection].Dequeue());
                if (_lying[connection].Count == 0)
                {
                    _lying.Remove(connection);
                }
            }

            if (!IsHonest && _random.Next(8) == 0)
            {
                _taken.Clear();
                _expected.Clear();
                foreach (var (epoch, last) in _stored)
                {
                    _expected[epoch] = last + 1;
                }
            }
            else if (IsHonest || _random.Next(2) == 0)
            {
                Rows.AddRange(_taken);
                _taken.ForEach(t => _stored[t.Epoch] = t.Seq);
                _taken.Clear();
            }

            return new StoredCursor { Epochs = [.. _stored.OrderByDescending(s => s.Key).Take(StoredCursor.MaximumEpochs).Select(s => new EpochCursor(s.Key, s.Value))] };
        }
    }

    private void Deliver(ScriptedTransport.SentMessage message)
    {
        if (message.Position is { } position)
        {
            Positions++;
            _expected[position.Epoch] = Math.Max(_expected.GetValueOrDefault(position.Epoch, 1UL), position.NextSequence);
            return;
        }

        Assert.Equal(TestFrame.PayloadOf(message.Epoch, message.Seq), message.Payload);
        var expected = _expected.GetValueOrDefault(message.Epoch, 1UL);
        if (message.Seq == expected)
        {
            _expected[message.Epoch] = expected + 1;
            _taken.Add((message.Epoch, message.Seq));
        }
        else if (message.Seq > expected)
        {
            LeftWithGateway++;
        }
    }
}
