using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>A settable point with all that is configured for it. Immutable.</summary>
internal sealed record SwitchPoint
{
    /// <summary>The point's index on the board.</summary>
    public required int Index { get; init; }

    /// <summary>The name of the asset.</summary>
    public required string Asset { get; init; }

    public required BoardPoint Definition { get; init; }

    public string Address => $"{Asset}/{Definition.Name}";

    public PointInterlockOptions Limits { get; init; } = new();

    /// <summary>What shows whether it did what it was told; null: nothing does.</summary>
    public Feedback? Feedback { get; init; }

    /// <summary>The groups of which it is one.</summary>
    public IReadOnlyList<SwitchGroup> Groups { get; init; } = [];

    /// <summary>The inputs that hold its asset.</summary>
    public IReadOnlyList<HoldInput> Inputs { get; init; } = [];

    /// <summary>Whether it is set by select and operate only.</summary>
    public bool SelectFirst { get; init; }

    /// <summary>What it becomes when the uplink is lost; null: it stays as it is.</summary>
    public double? FailSafe { get; init; }

    /// <summary>The agent's own point that shows that it was set because the uplink was lost; null without <see cref="FailSafe"/>.</summary>
    public int? FailSafePoint { get; init; }
}
