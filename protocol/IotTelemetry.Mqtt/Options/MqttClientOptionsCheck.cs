using System.Text;

namespace IotTelemetry.Mqtt;

/// <summary>The rules for client options, each with an error that names the option, the value and what is allowed.</summary>
internal static class MqttClientOptionsCheck
{
    public static void Check(MqttClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.Endpoint);
        Range(nameof(options.Endpoint) + ".Port", options.Endpoint.Port, 1, 65_535);
        Require(options.ProtocolVersion is MqttProtocolVersion.V311 or MqttProtocolVersion.V500, nameof(options.ProtocolVersion),
            options.ProtocolVersion, "V311 or V500");
        Require(Encoding.UTF8.GetByteCount(options.ClientId) <= 65_535 && !options.ClientId.Contains('\0', StringComparison.Ordinal),
            nameof(options.ClientId), options.ClientId, "at most 65,535 bytes of UTF-8 without the null character");
        Require(options.ClientId.Length > 0 || options.CleanStart, nameof(options.ClientId), "\"\"", "a name, unless CleanStart is true");
        Require(options.SessionExpiry == TimeSpan.MaxValue || IsWholeSeconds(options.SessionExpiry, uint.MaxValue - 1L), nameof(options.SessionExpiry),
            options.SessionExpiry, "whole seconds from 0 to 4,294,967,294, or TimeSpan.MaxValue");
        Require(IsWholeSeconds(options.KeepAlive, 65_535), nameof(options.KeepAlive), options.KeepAlive, "whole seconds from 0 to 65,535");
        Range(nameof(options.ReceiveMaximum), options.ReceiveMaximum, 1, 65_535);
        Range(nameof(options.ReceiveTolerance), options.ReceiveTolerance, 0, 65_535);
        Range(nameof(options.MaximumPacketSize), options.MaximumPacketSize, 64, 268_435_460);
        Range(nameof(options.TopicAliasMaximum), options.TopicAliasMaximum, 0, 65_535);
        Range(nameof(options.SendTopicAliasMaximum), options.SendTopicAliasMaximum, 0, 65_535);
        Range(nameof(options.MaximumInFlight), options.MaximumInFlight, 1, 65_535);
        Range(nameof(options.MaximumWaitingPublishes), options.MaximumWaitingPublishes, 1, int.MaxValue);
        Range(nameof(options.OutgoingBufferBytes), options.OutgoingBufferBytes, 4_096, 1 << 30);
        Positive(nameof(options.ConnectTimeout), options.ConnectTimeout);
        Positive(nameof(options.DisposeTimeout), options.DisposeTimeout);
        Positive("Reconnect.InitialDelay", options.Reconnect.InitialDelay);
        Require(options.Reconnect.MaximumDelay >= options.Reconnect.InitialDelay && options.Reconnect.MaximumDelay <= TimeSpan.FromDays(1),
            "Reconnect.MaximumDelay", options.Reconnect.MaximumDelay, "InitialDelay up to one day");
        Require(options.Reconnect.StableAfter >= TimeSpan.Zero, "Reconnect.StableAfter", options.Reconnect.StableAfter, "0 or more");
        Require(options.Password is null || options.UserName is not null || options.ProtocolVersion == MqttProtocolVersion.V500,
            nameof(options.Password), "set", "a user name as well in MQTT 3.1.1 [MQTT-3.1.2-22]");
        Require(options.Authenticator is null || options.ProtocolVersion == MqttProtocolVersion.V500, nameof(options.Authenticator), "set",
            "MQTT 5.0 only");
        if (options.Will is { } will)
        {
            Require(will.Message.Payload.Length <= 65_535, "Will.Message.Payload", $"{will.Message.Payload.Length} bytes", "at most 65,535 bytes");
            Require(IsWholeSeconds(will.Delay, uint.MaxValue), "Will.Delay", will.Delay, "whole seconds from 0 to 4,294,967,295");
            MqttMessageCheck.Check(will.Message);
        }
    }

    private static bool IsWholeSeconds(TimeSpan value, long maximum) =>
        value >= TimeSpan.Zero && value.Ticks % TimeSpan.TicksPerSecond == 0 && value.Ticks / TimeSpan.TicksPerSecond <= maximum;

    private static void Positive(string name, TimeSpan value) =>
        Require(value > TimeSpan.Zero && value <= TimeSpan.FromDays(1), name, value, "more than 0, up to one day");

    private static void Range(string name, int value, int minimum, int maximum) =>
        Require(value >= minimum && value <= maximum, name, value, $"{minimum} to {maximum}");

    private static void Require(bool isAllowed, string name, object value, string allowed)
    {
        if (!isAllowed)
        {
            throw new ArgumentException($"MqttClientOptions.{name} is {value}. Allowed: {allowed}.");
        }
    }
}
