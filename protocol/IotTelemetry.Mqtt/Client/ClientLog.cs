using Microsoft.Extensions.Logging;

namespace IotTelemetry.Mqtt;

/// <summary>What the client logs; event ids 3000 to 3099 are its own.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(3000, LogLevel.Information, "Connected to {Endpoint} as {ClientId}, session present: {SessionPresent}")]
    public static partial void Connected(ILogger logger, MqttEndpoint endpoint, string clientId, bool sessionPresent);

    [LoggerMessage(3001, LogLevel.Warning, "Connection to {Endpoint} ended: {Reason}, by server: {ByServer}, reconnecting: {WillReconnect}")]
    public static partial void Disconnected(
        ILogger logger, MqttEndpoint endpoint, MqttReasonCode reason, bool byServer, bool willReconnect, Exception? exception);

    [LoggerMessage(3002, LogLevel.Error, "A message handler failed; it is not logged again until a message succeeds")]
    public static partial void HandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(3003, LogLevel.Warning, "The server refused the subscription to {Filter}: {Reason}")]
    public static partial void SubscriptionRefused(ILogger logger, string filter, MqttReasonCode reason);

    [LoggerMessage(EventId = 3005, Message = "Connecting to {Endpoint} failed: {Why}")]
    public static partial void AttemptFailed(ILogger logger, LogLevel level, MqttEndpoint endpoint, string why);

    [LoggerMessage(3006, LogLevel.Information, "Disconnected from {Endpoint}: {Reason}")]
    public static partial void SaidGoodbye(ILogger logger, MqttEndpoint endpoint, MqttReasonCode reason);

    [LoggerMessage(3004, LogLevel.Error, "A {Event} event handler failed")]
    public static partial void EventHandlerFailed(ILogger logger, string @event, Exception exception);
}
