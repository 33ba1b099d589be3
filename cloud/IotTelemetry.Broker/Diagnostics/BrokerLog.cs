using System.Net;
using IotTelemetry.Mqtt;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Broker.Diagnostics;

/// <summary>What the broker logs: event ids 3000 to 3099.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(3001, LogLevel.Warning, "Client {ClientId} at {RemoteEndPoint} broke the protocol ({Reason}) and was disconnected: {Fault}")]
    public static partial void ProtocolError(this ILogger logger, string? clientId, EndPoint? remoteEndPoint, MqttReasonCode reason, string fault);

    [LoggerMessage(3002, LogLevel.Error, "Connection of client {ClientId} at {RemoteEndPoint} failed inside the broker and was closed")]
    public static partial void ConnectionFailed(this ILogger logger, Exception exception, string? clientId, EndPoint? remoteEndPoint);

    [LoggerMessage(3003, LogLevel.Error, "Handler of {Filter} failed for the first time, on a publish of client {ClientId}; later failures are counted only")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception, string filter, string clientId);

    [LoggerMessage(3004, LogLevel.Error, "Authenticator failed for client {ClientId}; the client was refused")]
    public static partial void AuthenticatorFailed(this ILogger logger, Exception exception, string clientId);

    [LoggerMessage(3005, LogLevel.Information, "Broker is stopping: {Connections} connections are told and closed")]
    public static partial void Stopping(this ILogger logger, int connections);

    [LoggerMessage(3006, LogLevel.Error, "Handler of {Filter} failed on the Will of client {ClientId}")]
    public static partial void WillHandlerFailed(this ILogger logger, Exception exception, string filter, string clientId);

    [LoggerMessage(3007, LogLevel.Error, "Store in {Directory} cannot be written; sessions go on in memory, and what changes now may be lost at a restart")]
    public static partial void StoreFailed(this ILogger logger, Exception exception, string directory);

    [LoggerMessage(3008, LogLevel.Warning, "Store file {Path} ends in a torn or damaged record; what follows it is given up")]
    public static partial void StoreTailCut(this ILogger logger, string path);

    [LoggerMessage(3009, LogLevel.Information, "Store in {Directory} has brought back {Sessions} sessions and {Retained} retained messages")]
    public static partial void StoreLoaded(this ILogger logger, string directory, int sessions, int retained);
}
