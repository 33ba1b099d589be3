namespace IotTelemetry.Cloud.Sessions;

/// <summary>
/// Makes sessions of an asset's readings in the order of their times: from the first that says occupied to the next that says free. A repeated reading changes nothing, and neither does
/// silence: whoever left meanwhile left when the sensor says so. Not thread-safe.
/// </summary>
internal sealed class SessionTrack
{
    private readonly List<OccupancySession> _sessions = [];
    private long? _arrivedMs;

    /// <summary>Begins an asset.</summary>
    /// <param name="arrivedMs">Since when something stands there before the first reading; null for nothing.</param>
    public void Begin(long? arrivedMs)
    {
        _sessions.Clear();
        _arrivedMs = arrivedMs;
    }

    /// <summary>Takes the next reading.</summary>
    public void Add(long tsMs, bool isOccupied)
    {
        if (isOccupied)
        {
            _arrivedMs ??= tsMs;
        }
        else if (_arrivedMs is { } arrived)
        {
            _arrivedMs = null;

            // Both within a millisecond, or told otherwise by another frame: nothing stood there.
            if (tsMs > arrived)
            {
                _sessions.Add(new OccupancySession(arrived, tsMs));
            }
        }
    }

    /// <summary>Ends the asset.</summary>
    /// <returns>Its sessions, in order; valid until <see cref="Begin"/>.</returns>
    public IReadOnlyList<OccupancySession> End()
    {
        if (_arrivedMs is { } arrived)
        {
            _sessions.Add(new OccupancySession(arrived, null));
        }

        return _sessions;
    }
}
