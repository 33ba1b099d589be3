using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Cloud.Gateways;

/// <summary>How to reach an MQTT 5 broker other than the one in this process. Immutable.</summary>
internal sealed record BrokerOptions
{
    public required MqttEndpoint Endpoint { get; init; }

    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>Trust for secure endpoints.</summary>
    public MqttTlsOptions Tls { get; init; } = new();

    /// <summary>The client identifier of partition p is this and <c>-p</c>; all workers of a fleet use the same.</summary>
    public string ClientPrefix { get; init; } = "iot-cloud";

    /// <summary>How long the broker keeps what comes in for a partition that no worker is connected for.</summary>
    public TimeSpan SessionExpiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Messages of the fleet that may be on their way from the broker into the store, unacknowledged. Workers and partitions share them: this bounds their memory.</summary>
    public int InFlight { get; init; } = 8192;

    /// <summary>Checks every value.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public BrokerOptions Validate()
    {
        OptionException.ThrowIfOutside("--broker-in-flight", InFlight, 64, 1_000_000);
        OptionException.ThrowIfOutside("--broker-session", SessionExpiry, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
        return ClientPrefix.Length is >= 1 and <= 32
            ? this
            : throw new OptionException("--broker-client", ClientPrefix, "allowed are 1 to 32 characters");
    }
}
