namespace IotTelemetry.Mqtt;

/// <summary>How a lost connection is made again: exponential back-off with jitter, for ever, until the client is disposed.</summary>
public sealed record MqttReconnectOptions
{
    /// <summary>False ends the client at the first connection loss.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>True lets <see cref="MqttClient.ConnectAsync"/> keep trying until it succeeds; false lets it throw on the first failure.</summary>
    public bool RetryFirstConnection { get; init; }

    /// <summary>The median of the first delay. The first attempt after a stable connection comes after a random part of it.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest delay between two attempts.</summary>
    public TimeSpan MaximumDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection that lived at least this long resets the back-off; a shorter one counts as a failed attempt.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);
}
