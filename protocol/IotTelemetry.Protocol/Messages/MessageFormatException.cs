namespace IotTelemetry.Protocol;

/// <summary>A JSON message (birth, status, cursor, command, result, lockouts) is refused. The only exception that decoding one throws for bad input.</summary>
public sealed class MessageFormatException : FormatException
{
    /// <summary>A refusal.</summary>
    public MessageFormatException(RefusalReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why, from the closed list.</summary>
    public RefusalReason Reason { get; }
}
