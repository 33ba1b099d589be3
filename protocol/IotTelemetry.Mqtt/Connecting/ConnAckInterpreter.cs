using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>What a CONNACK means for this client: a refusal as an exception, an acceptance as the limits to keep (MQTT 5.0 section 3.2.2).</summary>
internal static class ConnAckInterpreter
{
    /// <exception cref="MqttConnectException">The server refused.</exception>
    /// <exception cref="MqttProtocolException">The answer does not fit the question.</exception>
    public static MqttConnectionInfo Interpret(in MqttConnAckPacket packet, MqttClientOptions options, string clientId, bool cleanStart)
    {
        var properties = packet.Properties;
        if (packet.ReasonCode != MqttReasonCode.Success)
        {
            var reasonString = properties.GetString(MqttPropertyId.ReasonString);
            throw new MqttConnectException(
                $"{options.Endpoint} refused the connection of '{clientId}': {packet.ReasonCode} (0x{(byte)packet.ReasonCode:X2}) {reasonString}",
                packet.ReasonCode,
                properties.GetString(MqttPropertyId.ServerReference),
                reasonString);
        }

        if (packet.SessionPresent && cleanStart)
        {
            throw MqttProtocolException.Protocol("[MQTT-3.2.2-2], [MQTT-3.2.2-4] the server resumed a session although a clean start was asked for");
        }

        if (options.Authenticator is { } authenticator)
        {
            AuthExchange.CheckMethod(authenticator, properties);
        }
        else if (properties.Has(MqttPropertyId.AuthenticationMethod))
        {
            throw MqttProtocolException.Protocol("[MQTT-4.12.0-6] the server named an authentication method that was not asked for");
        }

        var assigned = properties.GetString(MqttPropertyId.AssignedClientIdentifier);
        return new MqttConnectionInfo
        {
            SessionPresent = packet.SessionPresent,
            ClientId = assigned ?? clientId,
            AssignedClientId = assigned,
            SessionExpiry = properties.GetNumber(MqttPropertyId.SessionExpiryInterval) is { } expiry
                ? expiry == uint.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromSeconds(expiry)
                : options.SessionExpiry,
            KeepAlive = properties.GetNumber(MqttPropertyId.ServerKeepAlive) is { } keepAlive ? TimeSpan.FromSeconds(keepAlive) : options.KeepAlive,
            ReceiveMaximum = (int)(properties.GetNumber(MqttPropertyId.ReceiveMaximum) ?? 65_535),
            MaximumQualityOfService = (MqttQualityOfService)(properties.GetNumber(MqttPropertyId.MaximumQoS) ?? 2),
            RetainAvailable = Flag(properties, MqttPropertyId.RetainAvailable),
            MaximumPacketSize = (int)Math.Min(properties.GetNumber(MqttPropertyId.MaximumPacketSize) ?? 268_435_460, 268_435_460),
            TopicAliasMaximum = (int)(properties.GetNumber(MqttPropertyId.TopicAliasMaximum) ?? 0),
            WildcardSubscriptionAvailable = Flag(properties, MqttPropertyId.WildcardSubscriptionAvailable),
            SubscriptionIdentifierAvailable = options.ProtocolVersion == MqttProtocolVersion.V500
                && Flag(properties, MqttPropertyId.SubscriptionIdentifierAvailable),
            SharedSubscriptionAvailable = Flag(properties, MqttPropertyId.SharedSubscriptionAvailable),
            ResponseInformation = properties.GetString(MqttPropertyId.ResponseInformation),
            ServerReference = properties.GetString(MqttPropertyId.ServerReference),
            ReasonString = properties.GetString(MqttPropertyId.ReasonString),
            UserProperties = properties.GetUserProperties(),
        };
    }

    private static bool Flag(in MqttProperties properties, MqttPropertyId id) => properties.GetNumber(id) != 0;
}
