namespace IotTelemetry.Edge.Uplink;

/// <summary>How frames are sent.</summary>
internal sealed record UplinkOptions
{
    /// <summary>Most frames sent and not yet answered by the broker, 1 to 65,535; the broker may allow fewer.</summary>
    public int Window { get; init; } = 256;

    /// <summary>Most frames of one epoch sent and not yet passed by the cursor; bounds what a broker without a cloud behind it has to keep. With a cursor a second it is also the most frames a second, so a backlog of small frames asks for many.</summary>
    public int MaximumUnconfirmed { get; init; } = 16_384;

    /// <summary>Bytes per second at which old epochs drain behind live frames.</summary>
    public long BacklogBytesPerSecond { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long the cursor may stand still behind answered frames before they are sent again; doubled each time up to sixteen times this.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long nothing is sent after the broker refused a frame.</summary>
    public TimeSpan RefusalPause { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often the retained status is renewed.</summary>
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromSeconds(60);

    public UplinkOptions Validate()
    {
        Require(Window is >= 1 and <= 65_535, nameof(Window), Window, "1 to 65535");
        Require(MaximumUnconfirmed >= Window, nameof(MaximumUnconfirmed), MaximumUnconfirmed, "at least the window");
        Require(BacklogBytesPerSecond >= 1024, nameof(BacklogBytesPerSecond), BacklogBytesPerSecond, "1024 or more");
        Require(ResendAfter > TimeSpan.Zero, nameof(ResendAfter), ResendAfter, "longer than zero");
        Require(RefusalPause > TimeSpan.Zero, nameof(RefusalPause), RefusalPause, "longer than zero");
        Require(StatusInterval >= TimeSpan.FromSeconds(1), nameof(StatusInterval), StatusInterval, "1 s or more");
        return this;
    }

    private static void Require(bool holds, string key, object value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(key, value, $"{key} is {value}; allowed: {allowed}");
        }
    }
}
