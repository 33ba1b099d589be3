using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>The point that shows what became of a switching, found on the board. Immutable.</summary>
/// <param name="Source">The index of the point that shows it.</param>
/// <param name="SourceAddress">Its address, for messages.</param>
/// <param name="IsPolled">Whether it has to be asked.</param>
/// <param name="IsSwitch">Whether the point that is set is on or off.</param>
/// <param name="Options">How it shows it.</param>
internal sealed record Feedback(int Source, string SourceAddress, bool IsPolled, bool IsSwitch, FeedbackOptions Options)
{
    private static readonly ValueSpan One = new(0.5, double.PositiveInfinity);
    private static readonly ValueSpan Zero = new(double.NegativeInfinity, 0.5 - 1e-9);

    /// <summary>Whether <paramref name="seen"/> shows that the point has <paramref name="value"/>.</summary>
    public bool Shows(double value, double seen) =>
        IsSwitch ? SpanOf(value != 0).Contains(seen) : Math.Abs(seen - value) <= Options.Tolerance;

    /// <summary>What is to be seen once the point has <paramref name="value"/>, for messages.</summary>
    public ValueSpan Expected(double value) => IsSwitch ? SpanOf(value != 0) : new ValueSpan(value - Options.Tolerance, value + Options.Tolerance);

    /// <summary>The point's value by what is seen; null when it is neither on nor off.</summary>
    public PointValue? ValueSeen(double seen) =>
        !IsSwitch ? (double.IsFinite(seen) ? PointValue.Of(seen) : null)
        : Shows(1, seen) ? PointValue.Of(true)
        : Shows(0, seen) ? PointValue.Of(false)
        : null;

    /// <summary>What the board says of it can be used.</summary>
    public static bool IsUsable(RawQuality quality) => quality == RawQuality.Good;

    private ValueSpan SpanOf(bool on) => on ? Options.On ?? One : Options.Off ?? Zero;
}
