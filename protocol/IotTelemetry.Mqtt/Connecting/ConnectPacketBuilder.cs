using System.Text;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>Makes the CONNECT packet the options ask for.</summary>
internal static class ConnectPacketBuilder
{
    public static MqttConnectPacket Build(MqttClientOptions options, string clientId, bool cleanStart, ReadOnlyMemory<byte> authenticationData) => new()
    {
        ProtocolVersion = options.ProtocolVersion,
        CleanStart = cleanStart,
        KeepAliveSeconds = (ushort)options.KeepAlive.TotalSeconds,
        ClientId = Encoding.UTF8.GetBytes(clientId),
        Properties = options.ProtocolVersion == MqttProtocolVersion.V500 ? BuildProperties(options, authenticationData) : default,
        Will = options.Will is { } will ? BuildWill(will, options.ProtocolVersion) : null,
        UserName = options.UserName is { } userName ? Encoding.UTF8.GetBytes(userName) : null,
        Password = options.Password,
    };

    /// <summary>The session expiry as the wire has it: seconds, all ones for never.</summary>
    public static uint ExpirySeconds(TimeSpan expiry) => expiry == TimeSpan.MaxValue ? uint.MaxValue : (uint)expiry.TotalSeconds;

    private static MqttProperties BuildProperties(MqttClientOptions options, ReadOnlyMemory<byte> authenticationData)
    {
        var properties = new MqttPropertyBuilder();
        if (options.SessionExpiry > TimeSpan.Zero)
        {
            properties.Add(MqttPropertyId.SessionExpiryInterval, ExpirySeconds(options.SessionExpiry));
        }

        properties.Add(MqttPropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum);
        properties.Add(MqttPropertyId.MaximumPacketSize, (uint)options.MaximumPacketSize);
        if (options.TopicAliasMaximum > 0)
        {
            properties.Add(MqttPropertyId.TopicAliasMaximum, (uint)options.TopicAliasMaximum);
        }

        if (options.RequestResponseInformation)
        {
            properties.Add(MqttPropertyId.RequestResponseInformation, 1);
        }

        if (options.Authenticator is { } authenticator)
        {
            properties.Add(MqttPropertyId.AuthenticationMethod, authenticator.Method);
            if (!authenticationData.IsEmpty)
            {
                properties.Add(MqttPropertyId.AuthenticationData, authenticationData.Span);
            }
        }

        foreach (var property in options.UserProperties)
        {
            properties.AddUser(property.Name, property.Value);
        }

        return properties.Build();
    }

    private static MqttWillPacket BuildWill(MqttWill will, MqttProtocolVersion version)
    {
        var properties = new MqttPropertyBuilder();
        if (version == MqttProtocolVersion.V500)
        {
            if (will.Delay > TimeSpan.Zero)
            {
                properties.Add(MqttPropertyId.WillDelayInterval, (uint)will.Delay.TotalSeconds);
            }

            MqttMessageProperties.Write(properties, will.Message, will.Message.MessageExpiry);
        }

        return new MqttWillPacket
        {
            Topic = will.Message.TopicUtf8.Length > 0 ? will.Message.TopicUtf8 : Encoding.UTF8.GetBytes(will.Message.Topic!),
            Payload = will.Message.Payload,
            QualityOfService = will.Message.QualityOfService,
            Retain = will.Message.Retain,
            Properties = properties.Build(),
        };
    }
}
