namespace IotTelemetry.Edge.Interlocks;

/// <summary>Which point shows what became of a switching, and how: the section <c>feedback</c>.</summary>
internal sealed record FeedbackOptions
{
    /// <summary>The address of the point that shows it: <c>asset/point</c>, or a point of the same asset.</summary>
    public required string Point { get; init; }

    /// <summary>How long it may take until it shows the value that was set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it must show it without a break to be believed: contacts bounce.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>What it shows when the point is on; null: the same as the point.</summary>
    public ValueSpan? On { get; init; }

    /// <summary>What it shows when the point is off; null: the same as the point.</summary>
    public ValueSpan? Off { get; init; }

    /// <summary>How far it may be from the value set, in the unit of the point; for points that are no switches.</summary>
    public double Tolerance { get; init; }

    /// <summary>Leave the output on when it was switched on and the feedback does not show it; otherwise it is switched off again.</summary>
    public bool KeepOnFailure { get; init; }
}
