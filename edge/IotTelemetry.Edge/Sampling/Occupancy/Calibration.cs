namespace IotTelemetry.Edge.Sampling.Occupancy;

/// <summary>What an empty bay measures.</summary>
/// <param name="Calibrated">As it was calibrated, per source.</param>
/// <param name="Baseline">With the drift since.</param>
/// <param name="AtMs">When it was calibrated, Unix milliseconds.</param>
internal sealed record Calibration(double[] Calibrated, double[] Baseline, long AtMs)
{
    /// <summary>Whether it can belong to so many sources; a file may be edited by hand.</summary>
    public bool Fits(int sources) => Calibrated?.Length == sources && Baseline?.Length == sources && Array.TrueForAll(Calibrated, double.IsFinite) && Array.TrueForAll(Baseline, double.IsFinite);
}
