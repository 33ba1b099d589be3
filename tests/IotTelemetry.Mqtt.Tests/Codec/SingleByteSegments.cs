using System.Buffers;

namespace IotTelemetry.Mqtt.Tests.Codec;

/// <summary>A sequence whose every segment is one byte long: the worst a pipe can do.</summary>
internal sealed class SingleByteSegments : ReadOnlySequenceSegment<byte>
{
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return default;
        }

        var first = new SingleByteSegments { Memory = bytes[..1] };
        var last = first;
        for (var i = 1; i < bytes.Length; i++)
        {
            var next = new SingleByteSegments { Memory = bytes.Slice(i, 1), RunningIndex = i };
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, 1);
    }
}
