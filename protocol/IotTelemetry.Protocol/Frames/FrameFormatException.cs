namespace IotTelemetry.Protocol;

/// <summary>A frame is refused. The only exception that decoding one throws for bad input.</summary>
public sealed class FrameFormatException : FormatException
{
    /// <summary>A refusal.</summary>
    public FrameFormatException(RefusalReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why, from the closed list.</summary>
    public RefusalReason Reason { get; }
}
