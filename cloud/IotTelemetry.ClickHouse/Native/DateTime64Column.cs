namespace IotTelemetry.ClickHouse.Native;

/// <summary><c>DateTime64(precision[, 'zone'])</c>: ticks of 10^-precision seconds since 1970-01-01 UTC, whatever the zone says.</summary>
public sealed class DateTime64Column : ValueColumn<long>
{
    private readonly long _perSecond;

    internal DateTime64Column(string type, int precision)
        : base(type)
    {
        Precision = precision;
        _perSecond = 1;
        for (int i = 0; i < precision; i++)
        {
            _perSecond *= 10;
        }
    }

    /// <summary>Digits after the second, 0 to 9; 3 = milliseconds.</summary>
    public int Precision { get; }

    /// <summary>Appends a moment, cut to the column's precision.</summary>
    public void Append(DateTimeOffset value) => Append(FromTicks(value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks));

    /// <summary>A value as a moment in UTC, cut to 100 ns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies outside the years 1 to 9999; ClickHouse itself keeps 1900 to 2299.</exception>
    public DateTimeOffset GetTimestamp(int row)
    {
        long value = this[row];
        long ticks = _perSecond <= TimeSpan.TicksPerSecond ? value * (TimeSpan.TicksPerSecond / _perSecond) : value / (_perSecond / TimeSpan.TicksPerSecond);
        return DateTimeOffset.UnixEpoch.AddTicks(ticks);
    }

    /// <inheritdoc/>
    public override object? GetValue(int row) => GetTimestamp(row);

    private long FromTicks(long ticks) =>
        _perSecond <= TimeSpan.TicksPerSecond
            ? Math.DivRem(ticks, TimeSpan.TicksPerSecond / _perSecond) is var (quotient, rest) && rest < 0 ? quotient - 1 : ticks / (TimeSpan.TicksPerSecond / _perSecond)
            : ticks * (_perSecond / TimeSpan.TicksPerSecond);
}
