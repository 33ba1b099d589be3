namespace IotTelemetry.Edge.Interlocks;

/// <summary>What points become when the uplink is lost: the section <c>failSafe</c>.</summary>
internal sealed record FailSafeOptions
{
    /// <summary>How long the uplink must be gone.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether a cloud that says nothing for so long, while frames wait for it, counts as a lost uplink, too.</summary>
    public bool OnSilence { get; init; }

    /// <summary>Values by address <c>asset/point</c> or by the name of the point.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();
}
