namespace IotTelemetry.Mqtt;

/// <summary>Why a connection ended.</summary>
/// <param name="Reason">
/// The server's reason code if it sent one; the one this client sent if it closed; <see cref="MqttReasonCode.UnspecifiedError"/> if the link just broke.
/// </param>
/// <param name="ByServer">True if the server sent DISCONNECT or refused the connection.</param>
/// <param name="WillReconnect">True if the client now tries again.</param>
/// <param name="ServerReference">Another server to use (reasons 0x9C, 0x9D), or null. The client does not follow it by itself.</param>
/// <param name="ReasonString">The server's text for people, or null.</param>
/// <param name="Exception">The error behind it, or null.</param>
public sealed record MqttDisconnection(
    MqttReasonCode Reason, bool ByServer, bool WillReconnect, string? ServerReference, string? ReasonString, Exception? Exception);
