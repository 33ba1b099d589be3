namespace IotTelemetry.Mqtt;

/// <summary>The client's side of an enhanced authentication (MQTT 5.0 section 4.12), for example SCRAM.</summary>
public interface IMqttAuthenticator
{
    /// <summary>The name of the method, sent in CONNECT and every AUTH.</summary>
    string Method { get; }

    /// <summary>Begins an authentication; returns the first authentication data (may be empty).</summary>
    ValueTask<ReadOnlyMemory<byte>> StartAsync(CancellationToken cancellationToken);

    /// <summary>Answers a challenge of the server.</summary>
    ValueTask<ReadOnlyMemory<byte>> ContinueAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken);
}
