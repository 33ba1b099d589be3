namespace IotTelemetry.Protocol;

/// <summary>A person's hold on an asset: nothing switches it while it lasts.</summary>
public sealed record AssetLockout
{
    /// <summary>The name of the asset; the gateway need not have it (yet).</summary>
    public required string Asset { get; init; }

    /// <summary>Who holds it, at most 128 characters.</summary>
    public required string Holder { get; init; }

    /// <summary>Why, at most 256 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when, by the cloud's clock, in Unix milliseconds.</summary>
    public required long SinceMs { get; init; }

    /// <summary>From when on it holds no more, by the cloud's clock, in Unix milliseconds, after <see cref="SinceMs"/>; null until it is lifted.</summary>
    public long? UntilMs { get; init; }

    /// <summary>Whether it holds now. An end is believed only by a clock that can be trusted; by any other the lockout stays. Pure and thread-safe.</summary>
    /// <param name="clock">What the gateway knows of its clock.</param>
    /// <param name="nowMs">That clock, in Unix milliseconds.</param>
    public bool HoldsAt(ClockQuality clock, long nowMs) =>
        UntilMs is not { } untilMs || nowMs < untilMs || clock is not (ClockQuality.Synchronised or ClockQuality.Holdover);
}
