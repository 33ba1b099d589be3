using System.Buffers;

namespace IotTelemetry.Mqtt.Packets;

/// <summary>One complete packet as it lies in the receive buffer: its fixed header and the bytes that follow.</summary>
public readonly record struct MqttFrame(MqttFixedHeader Header, ReadOnlySequence<byte> Body)
{
    /// <summary>
    /// The body as one piece of memory. Bytes that lie in one segment are lent without copying; otherwise they are copied into
    /// <paramref name="scratch"/>, which grows by renting from the shared pool and stays the caller's to return.
    /// </summary>
    public ReadOnlyMemory<byte> ContiguousBody(ref byte[]? scratch)
    {
        if (Body.IsSingleSegment)
        {
            return Body.First;
        }

        var length = (int)Body.Length;
        if (scratch is null || scratch.Length < length)
        {
            if (scratch is not null)
            {
                ArrayPool<byte>.Shared.Return(scratch);
            }

            scratch = ArrayPool<byte>.Shared.Rent(length);
        }

        Body.CopyTo(scratch);
        return scratch.AsMemory(0, length);
    }
}
