namespace IotTelemetry.Broker.Persistence;

/// <summary>Reads the fields of one record whose checksum was right.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body[1..];

    public RecordType Type { get; } = (RecordType)body[0];

    public bool HasMore => !_rest.IsEmpty;

    public long Integer()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var current = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(current & 0x7F) << shift;
            if ((current & 0x80) == 0)
            {
                return (long)value;
            }
        }
    }

    public ReadOnlySpan<byte> Bytes()
    {
        var length = (int)Integer();
        var bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }
}
