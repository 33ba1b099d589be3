namespace IotTelemetry.Edge.Sampling.Occupancy;

/// <summary>Watches a bay that a person says is empty, until it is quiet for long enough. Not thread-safe.</summary>
internal sealed class CalibrationRun(OccupancyOptions options)
{
    private const int FewestSamples = 5;

    /// <summary>More are not needed for a median; a fast sensor over a long time gives many.</summary>
    private const int MostSamples = 4096;

    private readonly List<double[]> _samples = [];
    private long _beganMs;

    /// <summary>Takes one sample of all sources; the calibration, once the time is over and the bay was quiet. One that moved by half of what a vehicle does begins the time anew.</summary>
    public Calibration? Take(double[] values, long atMs)
    {
        if (_samples.Count == 0 || atMs < _beganMs || _samples.Exists(s => OccupancyTracker.Distance(s, values) > options.Change / 2))
        {
            _samples.Clear();
            _beganMs = atMs;
        }

        if (_samples.Count < MostSamples)
        {
            _samples.Add([.. values]);
        }

        if (atMs - _beganMs < options.Calibration.TotalMilliseconds || _samples.Count < FewestSamples)
        {
            return null;
        }

        double[] median = [.. values.Select((_, source) => Median(source))];
        return new Calibration(median, [.. median], atMs);
    }

    private double Median(int source)
    {
        double[] sorted = [.. _samples.Select(s => s[source])];
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }
}
