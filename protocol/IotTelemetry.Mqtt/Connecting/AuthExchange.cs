using System.Buffers;
using System.Text;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>The AUTH packets of an enhanced authentication (MQTT 5.0 section 4.12).</summary>
internal static class AuthExchange
{
    /// <summary>The authentication data of a server's AUTH with reason "continue".</summary>
    /// <exception cref="MqttProtocolException">Another method, or another reason.</exception>
    public static ReadOnlyMemory<byte> ReadChallenge(IMqttAuthenticator authenticator, ReadOnlyMemory<byte> body)
    {
        var packet = MqttPacketReader.ReadAuth(body);
        if (packet.ReasonCode != MqttReasonCode.ContinueAuthentication)
        {
            throw MqttProtocolException.Protocol($"[MQTT-4.12.0-2] expected AUTH with reason 0x18, not 0x{(byte)packet.ReasonCode:X2}");
        }

        CheckMethod(authenticator, packet.Properties);
        return (packet.Properties.GetBytes(MqttPropertyId.AuthenticationData) ?? default).ToArray();
    }

    /// <exception cref="MqttProtocolException">The method is not the one in use.</exception>
    public static void CheckMethod(IMqttAuthenticator authenticator, in MqttProperties properties)
    {
        var method = properties.GetBytes(MqttPropertyId.AuthenticationMethod) ?? default;
        if (!method.Span.SequenceEqual(Encoding.UTF8.GetBytes(authenticator.Method)))
        {
            throw new MqttProtocolException(
                MqttReasonCode.ProtocolError, "[MQTT-4.12.0-5] every AUTH and a successful CONNACK must name the method of CONNECT");
        }
    }

    public static void Write(IBufferWriter<byte> output, IMqttAuthenticator authenticator, MqttReasonCode reason, ReadOnlyMemory<byte> data)
    {
        var properties = new MqttPropertyBuilder().Add(MqttPropertyId.AuthenticationMethod, authenticator.Method);
        if (!data.IsEmpty)
        {
            properties.Add(MqttPropertyId.AuthenticationData, data.Span);
        }

        MqttPacketWriter.WriteAuth(output, new MqttAuthPacket(reason, properties.Build()));
    }
}
