using System.Net;
using System.Security.Cryptography.X509Certificates;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker;

/// <summary>Who is connected, as far as the broker knows. Immutable but for <see cref="Tag"/>.</summary>
public sealed class MqttClientInfo
{
    /// <summary>The client identifier, given or assigned.</summary>
    public required string ClientId { get; init; }

    /// <summary>The user name of the CONNECT, if any. Not proof of anything unless the authenticator checked it.</summary>
    public string? UserName { get; init; }

    /// <summary>The protocol version the client speaks.</summary>
    public required MqttProtocolVersion ProtocolVersion { get; init; }

    /// <summary>The peer's address, if the transport knows it.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>The certificate the client proved in the TLS handshake, if any.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Free for the authenticator: for example the permissions it found, so that the authorizer need not look again.</summary>
    public object? Tag { get; set; }
}
