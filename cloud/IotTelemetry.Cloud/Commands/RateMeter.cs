namespace IotTelemetry.Cloud.Commands;

/// <summary>Gives out so many turns in a second, evenly: what is not taken within a tenth of a second is lost. Thread-safe.</summary>
internal sealed class RateMeter(double perSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly double _most = Math.Max(1, perSecond / 10);
    private double _saved = 1;
    private long _at = time.GetTimestamp();

    /// <summary>Takes up to <paramref name="wanted"/> turns; 0 while there is none.</summary>
    public int Take(int wanted)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            _saved = Math.Min(_most, _saved + (perSecond * time.GetElapsedTime(_at, now).TotalSeconds));
            _at = now;
            int taken = Math.Min(wanted, (int)_saved);
            _saved -= taken;
            return taken;
        }
    }

    /// <summary>Gives turns back that were taken and not used.</summary>
    public void Return(int turns)
    {
        lock (_gate)
        {
            _saved += turns;
        }
    }
}
