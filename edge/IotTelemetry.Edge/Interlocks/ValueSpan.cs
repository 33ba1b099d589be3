using System.Globalization;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>Values from <paramref name="Minimum"/> to <paramref name="Maximum"/>, both inclusive.</summary>
internal readonly record struct ValueSpan(double Minimum, double Maximum)
{
    public bool Contains(double value) => value >= Minimum && value <= Maximum;

    public override string ToString() =>
        Minimum == Maximum ? Minimum.ToString(CultureInfo.InvariantCulture)
        : double.IsNegativeInfinity(Minimum) ? string.Create(CultureInfo.InvariantCulture, $"at most {Maximum}")
        : double.IsPositiveInfinity(Maximum) ? string.Create(CultureInfo.InvariantCulture, $"at least {Minimum}")
        : string.Create(CultureInfo.InvariantCulture, $"{Minimum} to {Maximum}");
}
