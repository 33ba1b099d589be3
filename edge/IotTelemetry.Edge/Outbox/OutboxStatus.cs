namespace IotTelemetry.Edge.Outbox;

/// <summary>What lies in an outbox and what went through it, for <c>iot-edge outbox</c>.</summary>
internal sealed record OutboxStatus
{
    /// <summary>Every epoch known, oldest first; the last is the current one.</summary>
    public required IReadOnlyList<LedgerEpoch> Epochs { get; init; }

    /// <summary>Readings ever appended, over all epochs.</summary>
    public required ulong ReadingsAppended { get; init; }

    /// <summary>Frames not confirmed yet.</summary>
    public required ulong Depth { get; init; }

    /// <summary>Bytes on disk.</summary>
    public required long Bytes { get; init; }

    /// <summary>When the oldest frame not confirmed was sealed; null also where nobody has looked it up.</summary>
    public DateTimeOffset? Oldest { get; init; }

    public required ulong DroppedFrames { get; init; }

    public required ulong DroppedReadings { get; init; }

    public required ulong DamagedBytes { get; init; }
}
