namespace IotTelemetry.Mqtt.Packets;

/// <summary>The variable byte integer of MQTT 5.0 section 1.5.5: seven bits per byte, least significant first, one to four bytes.</summary>
internal static class VariableByteInteger
{
    public const uint Maximum = 268_435_455;

    public static int LengthOf(uint value) => value switch
    {
        < 128 => 1,
        < 16_384 => 2,
        < 2_097_152 => 3,
        _ => 4,
    };

    /// <summary>
    /// Reads one integer. False with <paramref name="used"/> 0 means that more bytes are needed; a fifth byte or an encoding longer than
    /// needed is malformed.
    /// </summary>
    /// <exception cref="MqttProtocolException">The encoding is malformed.</exception>
    public static bool TryRead(ReadOnlySpan<byte> source, out uint value, out int used)
    {
        value = 0;
        for (var i = 0; i < source.Length; i++)
        {
            var current = source[i];
            value |= (uint)(current & 0x7F) << (7 * i);
            if ((current & 0x80) == 0)
            {
                if (i > 0 && current == 0)
                {
                    throw MqttProtocolException.Malformed("[MQTT-1.5.5-1] a variable byte integer must use the fewest bytes possible");
                }

                used = i + 1;
                return true;
            }

            if (i == 3)
            {
                throw MqttProtocolException.Malformed("A variable byte integer has more than four bytes (section 1.5.5)");
            }
        }

        used = 0;
        return false;
    }

    public static int Write(Span<byte> target, uint value)
    {
        var length = 0;
        do
        {
            var digit = (byte)(value & 0x7F);
            value >>= 7;
            target[length++] = value > 0 ? (byte)(digit | 0x80) : digit;
        }
        while (value > 0);
        return length;
    }
}
