namespace IotTelemetry.Hardware.Simulation;

/// <summary>
/// Vehicles coming and going. Each bay is an alternating process: free until an arrival (Poisson with a rate by hour of day, drawn by thinning), then
/// occupied for a log-normal stay. Changes come out in order of time, whatever the steps in which time is advanced.
/// </summary>
internal sealed class ParkingModel
{
    private static readonly TimeSpan ShortestStay = TimeSpan.FromMinutes(2);

    private readonly ParkingProfile _profile;
    private readonly Random _random;
    private readonly bool[] _occupied;
    private readonly PriorityQueue<int, (TimeSpan At, int Bay)> _next = new();

    public ParkingModel(ParkingProfile profile, int bays, TimeSpan start, Random random)
    {
        _profile = profile;
        _random = random;
        _occupied = new bool[bays];
        for (var bay = 0; bay < bays; bay++)
        {
            // The share of bays taken at the start is what arrivals and stays balance to at that hour.
            var arrivals = profile.ArrivalsPerHour.At(start) * profile.MedianStay.TotalHours * Math.Exp(profile.StaySigma * profile.StaySigma / 2);
            _occupied[bay] = random.NextDouble() < arrivals / (1 + arrivals);
            var next = _occupied[bay] ? start + (Stay() * random.NextDouble()) : NextArrival(start);
            _next.Enqueue(bay, (next, bay));
        }
    }

    /// <summary>When something changes next, simulated time.</summary>
    public TimeSpan NextAt => _next.TryPeek(out _, out var next) ? next.At : TimeSpan.MaxValue;

    public bool IsOccupied(int bay) => _occupied[bay];

    /// <summary>Takes the next change if it is due by <paramref name="until"/>.</summary>
    public bool TryAdvance(TimeSpan until, out BayChange change)
    {
        if (!_next.TryPeek(out var bay, out var due) || due.At > until)
        {
            change = default;
            return false;
        }

        _next.Dequeue();
        var occupied = _occupied[bay] = !_occupied[bay];
        _next.Enqueue(bay, (occupied ? due.At + Stay() : NextArrival(due.At), bay));
        change = new BayChange(bay, due.At, occupied);
        return true;
    }

    private TimeSpan Stay()
    {
        var stay = TimeSpan.FromMinutes(_random.LogNormal(_profile.MedianStay.TotalMinutes, _profile.StaySigma));
        return stay < ShortestStay ? ShortestStay : stay;
    }

    // Thinning (Lewis and Shedler 1979): candidates at the peak rate, each kept with the share of the present rate.
    private TimeSpan NextArrival(TimeSpan from)
    {
        var curve = _profile.ArrivalsPerHour;
        do
        {
            from += _random.NextEvent(curve.Peak);
        }
        while (_random.NextDouble() * curve.Peak > curve.At(from));

        return from;
    }
}
