namespace IotTelemetry.Edge.Interlocks;

/// <summary>Everything that is configured about switching: the sections <c>commands</c>, <c>interlocks</c>, <c>feedback</c> and <c>failSafe</c>.</summary>
internal sealed record SwitchingOptions
{
    /// <summary>How long a select holds its point.</summary>
    public TimeSpan SelectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Commands that may be under way at one time; more are rejected.</summary>
    public int MaximumActive { get; init; } = 256;

    /// <summary>Points that a direct command cannot set, by address or name.</summary>
    public IReadOnlyList<string> SelectFirst { get; init; } = [];

    public IReadOnlyList<GroupOptions> Groups { get; init; } = [];

    /// <summary>By address or by the name of the point; the address wins.</summary>
    public IReadOnlyDictionary<string, PointInterlockOptions> Interlocks { get; init; } = new Dictionary<string, PointInterlockOptions>();

    public IReadOnlyList<HoldInputOptions> Inputs { get; init; } = [];

    /// <summary>By address or by the name of the point; the address wins.</summary>
    public IReadOnlyDictionary<string, FeedbackOptions> Feedback { get; init; } = new Dictionary<string, FeedbackOptions>();

    public FailSafeOptions FailSafe { get; init; } = new();
}
