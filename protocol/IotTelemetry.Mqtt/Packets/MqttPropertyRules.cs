namespace IotTelemetry.Mqtt.Packets;

/// <summary>Which property is encoded how and allowed where: MQTT 5.0 table 2-4 as two lookups.</summary>
internal static class MqttPropertyRules
{
    public const int HighestId = (int)MqttPropertyId.SharedSubscriptionAvailable;

    private static readonly MqttPropertyKind[] Kinds = BuildKinds();

    private static readonly ulong[] AllowedByUse =
    [
        /* Connect */ Mask(MqttPropertyId.SessionExpiryInterval, MqttPropertyId.AuthenticationMethod, MqttPropertyId.AuthenticationData,
            MqttPropertyId.RequestProblemInformation, MqttPropertyId.RequestResponseInformation, MqttPropertyId.ReceiveMaximum,
            MqttPropertyId.TopicAliasMaximum, MqttPropertyId.UserProperty, MqttPropertyId.MaximumPacketSize),
        /* Will */ Mask(MqttPropertyId.PayloadFormatIndicator, MqttPropertyId.MessageExpiryInterval, MqttPropertyId.ContentType,
            MqttPropertyId.ResponseTopic, MqttPropertyId.CorrelationData, MqttPropertyId.WillDelayInterval, MqttPropertyId.UserProperty),
        /* ConnAck */ Mask(MqttPropertyId.SessionExpiryInterval, MqttPropertyId.AssignedClientIdentifier, MqttPropertyId.ServerKeepAlive,
            MqttPropertyId.AuthenticationMethod, MqttPropertyId.AuthenticationData, MqttPropertyId.ResponseInformation,
            MqttPropertyId.ServerReference, MqttPropertyId.ReasonString, MqttPropertyId.ReceiveMaximum, MqttPropertyId.TopicAliasMaximum,
            MqttPropertyId.MaximumQoS, MqttPropertyId.RetainAvailable, MqttPropertyId.UserProperty, MqttPropertyId.MaximumPacketSize,
            MqttPropertyId.WildcardSubscriptionAvailable, MqttPropertyId.SubscriptionIdentifierAvailable,
            MqttPropertyId.SharedSubscriptionAvailable),
        /* Publish */ Mask(MqttPropertyId.PayloadFormatIndicator, MqttPropertyId.MessageExpiryInterval, MqttPropertyId.ContentType,
            MqttPropertyId.ResponseTopic, MqttPropertyId.CorrelationData, MqttPropertyId.SubscriptionIdentifier, MqttPropertyId.TopicAlias,
            MqttPropertyId.UserProperty),
        /* Acknowledgement */ Mask(MqttPropertyId.ReasonString, MqttPropertyId.UserProperty),
        /* Subscribe */ Mask(MqttPropertyId.SubscriptionIdentifier, MqttPropertyId.UserProperty),
        /* Unsubscribe */ Mask(MqttPropertyId.UserProperty),
        /* Disconnect */ Mask(MqttPropertyId.SessionExpiryInterval, MqttPropertyId.ServerReference, MqttPropertyId.ReasonString,
            MqttPropertyId.UserProperty),
        /* Auth */ Mask(MqttPropertyId.AuthenticationMethod, MqttPropertyId.AuthenticationData, MqttPropertyId.ReasonString,
            MqttPropertyId.UserProperty),
    ];

    public static MqttPropertyKind KindOf(byte id) => id <= HighestId ? Kinds[id] : MqttPropertyKind.Unknown;

    public static bool IsAllowed(MqttPropertyId id, MqttPropertyUse use) => (AllowedByUse[(int)use] & Bit(id)) != 0;

    public static bool MayRepeat(MqttPropertyId id, MqttPropertyUse use) =>
        id == MqttPropertyId.UserProperty || (id == MqttPropertyId.SubscriptionIdentifier && use == MqttPropertyUse.Publish);

    public static ulong Bit(MqttPropertyId id) => 1UL << (int)id;

    private static ulong Mask(params ReadOnlySpan<MqttPropertyId> ids)
    {
        var mask = 0UL;
        foreach (var id in ids)
        {
            mask |= Bit(id);
        }

        return mask;
    }

    private static MqttPropertyKind[] BuildKinds()
    {
        var kinds = new MqttPropertyKind[HighestId + 1];
        Set(MqttPropertyKind.Byte, MqttPropertyId.PayloadFormatIndicator, MqttPropertyId.RequestProblemInformation,
            MqttPropertyId.RequestResponseInformation, MqttPropertyId.MaximumQoS, MqttPropertyId.RetainAvailable,
            MqttPropertyId.WildcardSubscriptionAvailable, MqttPropertyId.SubscriptionIdentifierAvailable,
            MqttPropertyId.SharedSubscriptionAvailable);
        Set(MqttPropertyKind.TwoByteInteger, MqttPropertyId.ServerKeepAlive, MqttPropertyId.ReceiveMaximum, MqttPropertyId.TopicAliasMaximum,
            MqttPropertyId.TopicAlias);
        Set(MqttPropertyKind.FourByteInteger, MqttPropertyId.MessageExpiryInterval, MqttPropertyId.SessionExpiryInterval,
            MqttPropertyId.WillDelayInterval, MqttPropertyId.MaximumPacketSize);
        Set(MqttPropertyKind.VariableByteInteger, MqttPropertyId.SubscriptionIdentifier);
        Set(MqttPropertyKind.Utf8String, MqttPropertyId.ContentType, MqttPropertyId.ResponseTopic, MqttPropertyId.AssignedClientIdentifier,
            MqttPropertyId.AuthenticationMethod, MqttPropertyId.ResponseInformation, MqttPropertyId.ServerReference,
            MqttPropertyId.ReasonString);
        Set(MqttPropertyKind.BinaryData, MqttPropertyId.CorrelationData, MqttPropertyId.AuthenticationData);
        Set(MqttPropertyKind.Utf8StringPair, MqttPropertyId.UserProperty);
        return kinds;

        void Set(MqttPropertyKind kind, params ReadOnlySpan<MqttPropertyId> ids)
        {
            foreach (var id in ids)
            {
                kinds[(int)id] = kind;
            }
        }
    }
}
