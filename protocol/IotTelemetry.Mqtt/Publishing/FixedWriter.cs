using System.Buffers;

namespace IotTelemetry.Mqtt;

/// <summary>Writes into an array that is known to be large enough.</summary>
internal sealed class FixedWriter : IBufferWriter<byte>
{
    private byte[] _target = [];
    private int _written;

    /// <summary>Starts at the front of an array.</summary>
    public FixedWriter Into(byte[] target)
    {
        _target = target;
        _written = 0;
        return this;
    }

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => _target.AsMemory(_written);

    public Span<byte> GetSpan(int sizeHint = 0) => _target.AsSpan(_written);
}
