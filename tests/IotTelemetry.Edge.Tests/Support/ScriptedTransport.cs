using System.Buffers.Binary;
using System.Text;
using System.Threading.Channels;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests;

/// <summary>A broker and a cloud that do what the test says.</summary>
internal sealed class ScriptedTransport(GatewayTopics topics) : IUplinkTransport
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<SentMessage> _sent = Channel.CreateUnbounded<SentMessage>();
    private IUplinkEvents? _events;
    private CancellationTokenSource _lost = new();
    private int _connections;

    /// <summary>The broker's answer at once; null leaves the message unanswered until the test answers.</summary>
    public Func<SentMessage, PublishAnswer?> Answer { get; set; } = static _ => new PublishAnswer(true, "");

    public bool SaidGoodbye { get; private set; }

    public Task StartAsync(IUplinkEvents events, CancellationToken cancellationToken)
    {
        _events = events;
        _started.SetResult();
        return Task.CompletedTask;
    }

    public async ValueTask<PublishAnswer> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, UplinkConnection connection)
    {
        connection.Lost.ThrowIfCancellationRequested();
        var message = new SentMessage(topic, payload.ToArray(), retain, connection.Number);
        lock (_gate)
        {
            if (Answer(message) is { } answer)
            {
                message.Answer.SetResult(answer);
            }

            _sent.Writer.TryWrite(message);
        }

        using (connection.Lost.Register(() => message.Answer.TrySetException(new IOException("the link broke"))))
        {
            return await message.Answer.Task;
        }
    }

    public async Task ConnectAsync(int maximumInFlight = 65_535, int maximumMessageBytes = 1 << 20)
    {
        await _started.Task.WaitAsync(TimeSpan.FromSeconds(10));
        _lost = new CancellationTokenSource();
        _events!.OnConnected(new UplinkConnection(++_connections, maximumInFlight, maximumMessageBytes, _lost.Token));
    }

    public void Drop()
    {
        _lost.Cancel();
        _events!.OnDisconnected("the test wants it");
    }

    public ValueTask StoreAsync(ulong epoch, ulong seq, params RefusedFrame[] refused) =>
        SayAsync(new StoredCursor { Epochs = [new EpochCursor(epoch, seq)], Refused = refused.Length == 0 ? null : refused });

    public ValueTask SayAsync(StoredCursor cursor) => SayAsync(cursor.Encode());

    public ValueTask SayAsync(ReadOnlyMemory<byte> payload) => _events!.OnStoredAsync(payload);

    /// <summary>The next message that left, whatever its topic.</summary>
    public async Task<SentMessage> NextAsync() => await _sent.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>The next frame that left; announcements and positions are passed over.</summary>
    public async Task<SentMessage> NextFrameAsync()
    {
        while (true)
        {
            var message = await NextTelemetryAsync();
            if (message.Position is null)
            {
                return message;
            }
        }
    }

    /// <summary>The next frame or position that left.</summary>
    public async Task<SentMessage> NextTelemetryAsync()
    {
        while (true)
        {
            var message = await NextAsync();
            if (message.Topic == topics.Telemetry)
            {
                return message;
            }
        }
    }

    /// <summary>What leaves next on the telemetry topic: <c>5</c> for a frame, <c>&gt;5</c> for a position.</summary>
    public async Task<List<string>> NextTelemetryAsync(int count)
    {
        var texts = new List<string>();
        while (texts.Count < count)
        {
            var message = await NextTelemetryAsync();
            texts.Add(message.Position is { } position ? $">{position.NextSequence}" : $"{message.Seq}");
        }

        return texts;
    }

    public async Task<List<ulong>> NextSeqsAsync(int count)
    {
        var seqs = new List<ulong>();
        while (seqs.Count < count)
        {
            seqs.Add((await NextFrameAsync()).Seq);
        }

        return seqs;
    }

    public bool HasMore => _sent.Reader.TryPeek(out _);

    public Task StopAsync()
    {
        SaidGoodbye = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal sealed record SentMessage(string Topic, byte[] Payload, bool Retain, int Connection)
    {
        public TaskCompletionSource<PublishAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>What it says when it is a position.</summary>
        public EpochPosition? Position { get; } = EpochPosition.IsPosition(Payload) && Payload.Length < 30 && Payload[2] == 1 ? EpochPosition.Read(Payload) : null;

        public ulong Epoch => BinaryPrimitives.ReadUInt64LittleEndian(Payload);

        public ulong Seq => BinaryPrimitives.ReadUInt64LittleEndian(Payload.AsSpan(8));

        public string Text => Encoding.UTF8.GetString(Payload);

        public void Accept() => Answer.TrySetResult(new PublishAnswer(true, ""));
    }
}
