using System.Buffers;

namespace IotTelemetry.Edge.Outbox;

/// <summary>A frame read back from the outbox, in a pooled buffer that its user gives back with <see cref="Return"/>.</summary>
internal readonly record struct OutboxFrame(ulong Epoch, ulong Seq, int Readings, byte[] Buffer, int Length)
{
    public ReadOnlyMemory<byte> Payload => Buffer.AsMemory(0, Length);

    public void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}
