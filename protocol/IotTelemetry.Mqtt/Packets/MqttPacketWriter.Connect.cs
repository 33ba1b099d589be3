using System.Buffers;

namespace IotTelemetry.Mqtt.Packets;

public static partial class MqttPacketWriter
{
    /// <summary>Writes CONNECT.</summary>
    public static void WriteConnect(IBufferWriter<byte> output, MqttConnectPacket packet)
    {
        var version = packet.ProtocolVersion;
        var will = packet.Will;
        var flags = packet.CleanStart ? ConnectFlags.CleanStart : 0;
        var size = 10 + SizeOf(packet.Properties, version) + 2 + packet.ClientId.Length;
        if (will is not null)
        {
            flags |= ConnectFlags.Will | ((int)will.QualityOfService << ConnectFlags.WillQoSShift) | (will.Retain ? ConnectFlags.WillRetain : 0);
            size += SizeOf(will.Properties, version) + 4 + will.Topic.Length + will.Payload.Length;
        }

        if (packet.UserName is { } userName)
        {
            flags |= ConnectFlags.UserName;
            size += 2 + userName.Length;
        }

        if (packet.Password is { } password)
        {
            flags |= ConnectFlags.Password;
            size += 2 + password.Length;
        }

        var pen = Begin(output, MqttPacketType.Connect, 0, size);
        pen.Block("MQTT"u8);
        pen.Byte((byte)version);
        pen.Byte((byte)flags);
        pen.UInt16(packet.KeepAliveSeconds);
        pen.Properties(packet.Properties, version);
        pen.Block(packet.ClientId.Span);
        if (will is not null)
        {
            pen.Properties(will.Properties, version);
            pen.Block(will.Topic.Span);
            pen.Block(will.Payload.Span);
        }

        if (packet.UserName is { } name)
        {
            pen.Block(name.Span);
        }

        if (packet.Password is { } secret)
        {
            pen.Block(secret.Span);
        }

        output.Advance(pen.Position);
    }

    /// <summary>Writes CONNACK; in 3.1.1 the reason code becomes the return code nearest in meaning.</summary>
    public static void WriteConnAck(IBufferWriter<byte> output, in MqttConnAckPacket packet, MqttProtocolVersion version)
    {
        var pen = Begin(output, MqttPacketType.ConnAck, 0, 2 + SizeOf(packet.Properties, version));
        pen.Byte(packet.SessionPresent ? (byte)1 : (byte)0);
        pen.Byte(version == MqttProtocolVersion.V500 ? (byte)packet.ReasonCode : MqttReasonCodeRules.ToReturnCode(packet.ReasonCode));
        pen.Properties(packet.Properties, version);
        output.Advance(pen.Position);
    }

    /// <summary>Writes DISCONNECT.</summary>
    public static void WriteDisconnect(IBufferWriter<byte> output, in MqttDisconnectPacket packet, MqttProtocolVersion version) =>
        WriteReasoned(output, MqttPacketType.Disconnect, packet.ReasonCode, packet.Properties, version);

    /// <summary>Writes AUTH (MQTT 5.0 only).</summary>
    public static void WriteAuth(IBufferWriter<byte> output, in MqttAuthPacket packet) =>
        WriteReasoned(output, MqttPacketType.Auth, packet.ReasonCode, packet.Properties, MqttProtocolVersion.V500);

    private static void WriteReasoned(
        IBufferWriter<byte> output, MqttPacketType type, MqttReasonCode reason, in MqttProperties properties, MqttProtocolVersion version)
    {
        // Sections 3.14.2.1 and 3.15.2.1: reason 0 without properties is an empty packet, as in 3.1.1.
        if (version == MqttProtocolVersion.V311 || (reason == MqttReasonCode.Success && properties.IsEmpty))
        {
            WriteEmpty(output, type);
            return;
        }

        var hasProperties = !properties.IsEmpty;
        var pen = Begin(output, type, 0, 1 + (hasProperties ? SizeOf(properties, version) : 0));
        pen.Byte((byte)reason);
        if (hasProperties)
        {
            pen.Properties(properties, version);
        }

        output.Advance(pen.Position);
    }
}
