namespace IotTelemetry.Cloud.Batches;

/// <summary>Calendar months in UTC: the partitions of <c>readings</c> (<c>toYYYYMM(ts)</c>).</summary>
internal readonly record struct Month(int Number, long StartMs, long EndMs)
{
    /// <summary>The month of a time in Unix milliseconds, 1970 to 9999.</summary>
    public static Month Of(long unixMs)
    {
        DateTime time = DateTime.UnixEpoch.AddMilliseconds(unixMs);
        DateTime start = new(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        return new Month((time.Year * 100) + time.Month, Ms(start), Ms(start.AddMonths(1)));
    }

    public bool Contains(long unixMs) => unixMs >= StartMs && unixMs < EndMs;

    private static long Ms(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;
}
