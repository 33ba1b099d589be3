using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Persistence;

/// <summary>A subscription as it lies on disk.</summary>
internal sealed record StoredSubscription(byte[] Filter, MqttQualityOfService MaximumQualityOfService, bool NoLocal, bool RetainAsPublished, uint[] Identifiers)
{
    public byte Options => (byte)((int)MaximumQualityOfService | (NoLocal ? 0x04 : 0) | (RetainAsPublished ? 0x08 : 0));
}
