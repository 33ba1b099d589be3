using System.Buffers;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>
/// Received messages copied out of the receive buffer into one piece of pooled memory: as many copies as messages, but no allocation for any. Not thread-safe.
/// </summary>
internal sealed class MessageBatch
{
    private const int KeptBytes = 128 * 1024;

    private byte[] _bytes = [];
    private int _used;
    private Entry[] _entries = [];

    public int Count { get; private set; }

    public void Add(in MqttPublishPacket packet, long token, bool acknowledgeWhenTaken)
    {
        var properties = packet.Properties;
        var size = packet.Topic.Length + properties.Encoded.Length + packet.Payload.Length;
        Reserve(size);
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(16, Count * 2));
        }

        _entries[Count++] = new Entry
        {
            Token = token,
            Start = _used,
            TopicLength = (ushort)packet.Topic.Length,
            PropertiesLength = properties.Encoded.Length,
            PropertiesPresent = properties.Present,
            PayloadLength = packet.Payload.Length,
            PacketId = packet.PacketId,
            QualityOfService = packet.QualityOfService,
            Duplicate = packet.Duplicate,
            Retain = packet.Retain,
            AcknowledgeWhenTaken = acknowledgeWhenTaken,
        };
        Append(packet.Topic.Span);
        Append(properties.Encoded.Span);
        Append(packet.Payload.Span);
    }

    /// <summary>The message at a place; valid until <see cref="Clear"/>.</summary>
    public MqttPublishPacket GetPacket(int index)
    {
        ref readonly var entry = ref _entries[index];
        var memory = new ReadOnlyMemory<byte>(_bytes, entry.Start, entry.TopicLength + entry.PropertiesLength + entry.PayloadLength);
        return new MqttPublishPacket
        {
            Topic = memory[..entry.TopicLength],
            Properties = entry.PropertiesLength == 0
                ? default
                : new MqttProperties(memory.Slice(entry.TopicLength, entry.PropertiesLength), entry.PropertiesPresent),
            Payload = memory[(entry.TopicLength + entry.PropertiesLength)..],
            PacketId = entry.PacketId,
            QualityOfService = entry.QualityOfService,
            Duplicate = entry.Duplicate,
            Retain = entry.Retain,
        };
    }

    public long GetToken(int index) => _entries[index].Token;

    public bool IsAcknowledgedWhenTaken(int index) => _entries[index].AcknowledgeWhenTaken;

    public int GetSize(int index) => _entries[index].TopicLength + _entries[index].PropertiesLength + _entries[index].PayloadLength;

    /// <summary>Forgets the messages; keeps memory for the next ones unless it was unusually much.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
        if (_bytes.Length > KeptBytes)
        {
            Release();
        }
    }

    /// <summary>Gives all memory back.</summary>
    public void Release()
    {
        Count = 0;
        _used = 0;
        var bytes = _bytes;
        _bytes = [];
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Reserve(int size)
    {
        if (_bytes.Length - _used >= size)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_used + size, Math.Max(512, _bytes.Length * 2)));
        _bytes.AsSpan(0, _used).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }

    private void Append(ReadOnlySpan<byte> source)
    {
        source.CopyTo(_bytes.AsSpan(_used));
        _used += source.Length;
    }

    private struct Entry
    {
        public long Token;
        public ulong PropertiesPresent;
        public int Start;
        public int PropertiesLength;
        public int PayloadLength;
        public ushort TopicLength;
        public ushort PacketId;
        public MqttQualityOfService QualityOfService;
        public bool Duplicate;
        public bool Retain;
        public bool AcknowledgeWhenTaken;
    }
}
