namespace IotTelemetry.Mqtt;

/// <summary>Why a network connection ended.</summary>
internal sealed record ConnectionEnd(
    MqttReasonCode Reason, bool ByServer = false, string? ServerReference = null, string? ReasonString = null, Exception? Exception = null)
{
    /// <summary>Whether this program asked for the end, and nothing went wrong with it.</summary>
    public bool IsOrderly => !ByServer && Exception is null;

    public static ConnectionEnd Broken(Exception exception) => new(MqttReasonCode.UnspecifiedError, Exception: exception);
}
