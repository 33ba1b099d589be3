using System.Buffers;

namespace IotTelemetry.Mqtt.Packets;

/// <summary>
/// Reads packets, for clients and servers, MQTT 5.0 and 3.1.1. Framing first (<see cref="TryReadFrame"/> or <see cref="TryReadHeader"/>), then the
/// body by the reader of its type. Nothing is copied: what is returned points into the buffer. Thread-safe (no state). The only exception
/// for bad input is <see cref="MqttProtocolException"/>. Whether a packet may come from this peer at this time is the caller's to decide.
/// </summary>
public static partial class MqttPacketReader
{
    private const int LongestFixedHeader = 5;

    /// <summary>
    /// Takes one complete packet off the front of <paramref name="buffer"/>; false if more bytes are needed (the buffer is then unchanged).
    /// </summary>
    /// <param name="buffer">What was received and not yet read.</param>
    /// <param name="maximumPacketSize">The largest whole packet accepted, in bytes.</param>
    /// <param name="frame">The packet.</param>
    /// <exception cref="MqttProtocolException">The fixed header is malformed, or the packet is too large.</exception>
    public static bool TryReadFrame(ref ReadOnlySequence<byte> buffer, int maximumPacketSize, out MqttFrame frame)
    {
        MqttFixedHeader header;
        var first = buffer.FirstSpan;
        if (first.Length >= LongestFixedHeader || buffer.IsSingleSegment)
        {
            if (!TryReadHeader(first, maximumPacketSize, out header))
            {
                frame = default;
                return false;
            }
        }
        else
        {
            Span<byte> start = stackalloc byte[LongestFixedHeader];
            var count = (int)Math.Min(LongestFixedHeader, buffer.Length);
            buffer.Slice(0, count).CopyTo(start);
            if (!TryReadHeader(start[..count], maximumPacketSize, out header))
            {
                frame = default;
                return false;
            }
        }

        if (buffer.Length < header.PacketLength)
        {
            frame = default;
            return false;
        }

        frame = new MqttFrame(header, buffer.Slice(header.HeaderLength, header.BodyLength));
        buffer = buffer.Slice(header.PacketLength);
        return true;
    }

    /// <summary>Reads a fixed header; false if more bytes are needed. The body need not have arrived.</summary>
    /// <param name="source">The received bytes, starting with a packet.</param>
    /// <param name="maximumPacketSize">The largest whole packet accepted, in bytes.</param>
    /// <param name="header">The fixed header.</param>
    /// <exception cref="MqttProtocolException">The fixed header is malformed, or the packet is too large.</exception>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, int maximumPacketSize, out MqttFixedHeader header)
    {
        header = default;
        if (source.IsEmpty)
        {
            return false;
        }

        CheckFlags(source[0]);
        if (!VariableByteInteger.TryRead(source[1..], out var bodyLength, out var used))
        {
            return false;
        }

        header = new MqttFixedHeader(source[0], 1 + used, (int)bodyLength);
        if (header.PacketLength > maximumPacketSize)
        {
            throw new MqttProtocolException(
                MqttReasonCode.PacketTooLarge,
                $"[MQTT-3.1.2-24] {header.Type} has {header.PacketLength} bytes, at most {maximumPacketSize} are accepted");
        }

        return true;
    }

    private static void CheckFlags(byte first)
    {
        var flags = first & 0x0F;
        var type = (MqttPacketType)(first >> 4);
        switch (type)
        {
            case MqttPacketType.Publish:
                if ((flags & 0b0110) == 0b0110)
                {
                    throw MqttProtocolException.Malformed("[MQTT-3.3.1-4] PUBLISH must not have both QoS bits set");
                }

                if ((flags & 0b1110) == 0b1000)
                {
                    throw MqttProtocolException.Malformed("[MQTT-3.3.1-2] DUP must be 0 for QoS 0");
                }

                break;
            case MqttPacketType.PubRel or MqttPacketType.Subscribe or MqttPacketType.Unsubscribe:
                if (flags != 0b0010)
                {
                    throw MqttProtocolException.Malformed($"[MQTT-2.1.3-1] the flags of {type} must be 0010");
                }

                break;
            case MqttPacketType.Reserved:
                throw MqttProtocolException.Malformed("Packet type 0 is forbidden (section 2.1.2)");
            default:
                if (flags != 0)
                {
                    throw MqttProtocolException.Malformed($"[MQTT-2.1.3-1] the flags of {type} must be 0000");
                }

                break;
        }
    }
}
