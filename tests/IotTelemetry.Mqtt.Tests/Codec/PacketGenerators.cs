using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Codec;

/// <summary>Random valid packets.</summary>
internal static class PacketGenerators
{
    private static readonly string[] Levels = ["a", "site-1", "é", "\uFEFFbom", "日本", "x y", "$SYS", "\U0001F600", "a long level of a topic"];

    private static readonly MqttPropertyId[] AllProperties = Enum.GetValues<MqttPropertyId>();

    public static Gen<string> Text => Gen.Elements(Levels);

    public static Gen<string> Topic => Text.NonEmptyListOf().Select(static levels => string.Join('/', levels.Take(6)));

    public static Gen<string> Filter =>
        from topic in Topic
        from wildcard in Gen.Elements("", "/#", "/+", "/+/+")
        from share in Gen.Elements("", "$share/group/")
        select share + topic + wildcard;

    public static Gen<byte[]> Bytes => ArbMap.Default.GeneratorFor<byte[]>();

    public static Gen<MqttQualityOfService> Quality => Gen.Elements(Enum.GetValues<MqttQualityOfService>());

    public static Gen<MqttProtocolVersion> Version => Gen.Elements(MqttProtocolVersion.V311, MqttProtocolVersion.V500);

    public static Gen<ushort> PacketId => Gen.Choose(1, 65_535).Select(static id => (ushort)id);

    public static Gen<bool> Flag => Gen.Elements(true, false);

    /// <summary>Any property list that is allowed in a place; empty in 3.1.1.</summary>
    public static Gen<MqttProperties> Properties(MqttPropertyUse use, MqttProtocolVersion version) =>
        version == MqttProtocolVersion.V311
            ? Gen.Constant(default(MqttProperties))
            : Gen.SubListOf(AllProperties.Where(id => MqttPropertyRules.IsAllowed(id, use))).SelectMany(ids => Build([.. ids], use));

    /// <summary>The reason codes a packet may carry.</summary>
    public static Gen<MqttReasonCode> Reason(MqttPacketType packet) =>
        Gen.Elements(Enum.GetValues<MqttReasonCode>().Where(reason => IsAllowed(packet, reason)).ToArray());

    private static bool IsAllowed(MqttPacketType packet, MqttReasonCode reason)
    {
        try
        {
            MqttReasonCodeRules.Check((byte)reason, packet);
            return true;
        }
        catch (MqttProtocolException)
        {
            return false;
        }
    }

    private static Gen<MqttProperties> Build(MqttPropertyId[] ids, MqttPropertyUse use) =>
        from number in Gen.Choose(1, int.MaxValue)
        from text in Topic
        from bytes in Bytes
        from repeats in Gen.Choose(1, 3)
        select BuildFrom(ids, use, number, text, bytes, repeats);

    private static MqttProperties BuildFrom(MqttPropertyId[] ids, MqttPropertyUse use, int number, string text, byte[] bytes, int repeats)
    {
        var builder = new MqttPropertyBuilder();
        foreach (var id in ids)
        {
            for (var i = 0; i < (MqttPropertyRules.MayRepeat(id, use) ? repeats : 1); i++)
            {
                _ = MqttPropertyRules.KindOf((byte)id) switch
                {
                    MqttPropertyKind.Byte => builder.Add(id, (uint)(number & 1)),
                    MqttPropertyKind.TwoByteInteger => builder.Add(id, (uint)(number % 65_535) + 1),
                    MqttPropertyKind.FourByteInteger => builder.Add(id, (uint)number),
                    MqttPropertyKind.VariableByteInteger => builder.Add(id, ((uint)number % VariableByteInteger.Maximum) + 1),
                    MqttPropertyKind.Utf8String => builder.Add(id, text),
                    MqttPropertyKind.BinaryData => builder.Add(id, bytes),
                    _ => builder.AddUser(text, text + i),
                };
            }
        }

        // Authentication data needs its method.
        var hasData = ids.Contains(MqttPropertyId.AuthenticationData);
        return hasData && !ids.Contains(MqttPropertyId.AuthenticationMethod)
            ? builder.Add(MqttPropertyId.AuthenticationMethod, "m").Build()
            : builder.Build();
    }
}
