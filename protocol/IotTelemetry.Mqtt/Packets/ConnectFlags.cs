namespace IotTelemetry.Mqtt.Packets;

/// <summary>The connect flags byte (MQTT 5.0 section 3.1.2.3).</summary>
internal static class ConnectFlags
{
    public const int Reserved = 0x01;
    public const int CleanStart = 0x02;
    public const int Will = 0x04;
    public const int WillQoSShift = 3;
    public const int WillRetain = 0x20;
    public const int Password = 0x40;
    public const int UserName = 0x80;
}
