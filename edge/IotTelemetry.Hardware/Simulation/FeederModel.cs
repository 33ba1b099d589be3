namespace IotTelemetry.Hardware.Simulation;

/// <summary>
/// A low-voltage feeder: switchable loads, each drawing by its own daily curve and cycle, a base load behind no switch, and the voltage that sags with the
/// current. Opening a load's contactor takes its power off the feeder at once.
/// </summary>
internal sealed class FeederModel
{
    /// <summary>Nominal phase voltage, V (IEC 60038).</summary>
    private const double NominalVoltage = 230;

    /// <summary>Loop impedance as seen at the end of the feeder, ohm per phase.</summary>
    private const double Impedance = 0.08;

    private const int Phases = 3;

    private static readonly DailyCurve BaseLoadW = new(
        4200, 3800, 3600, 3500, 3600, 4200, 6500, 9000, 8500, 7000, 6500, 6800, 7800, 7200, 6600, 6800, 8200, 11500, 14000, 13500, 12000, 10000, 7500, 5500);

    private readonly Load[] _loads;
    private readonly Random _noise;
    private TimeSpan _now;
    private double _drift;
    private double _frequencyDrift;

    public FeederModel(int loads, TimeSpan start, int seed)
    {
        var random = new Random(seed);
        _noise = new Random(seed ^ 0x5EED);
        _now = start;
        _loads = new Load[loads];
        for (var i = 0; i < loads; i++)
        {
            var profile = ProfileOf(i, loads);
            _loads[i] = new Load(profile, random.Between(profile.NominalLowW, profile.NominalHighW), random.NextDouble()) { Closed = true };
        }
    }

    /// <summary>Total energy since the start, Wh; it only rises.</summary>
    public double EnergyWh { get; private set; }

    public LoadProfile Profile(int load) => _loads[load].Profile;

    public bool IsClosed(int load) => _loads[load].Closed;

    /// <summary>Opens or closes a load's contactor from now on.</summary>
    public void Switch(int load, bool closed) => _loads[load].Closed = closed;

    /// <summary>Moves simulated time on, adding up energy and letting the slow noise drift.</summary>
    public void AdvanceTo(TimeSpan now)
    {
        if (now <= _now)
        {
            return;
        }

        EnergyWh += PowerW() * (now - _now).TotalHours;

        // Mean-reverting noise (Ornstein-Uhlenbeck, time constant 2 minutes): consumers nobody switches.
        var keep = Math.Exp(-(now - _now).TotalMinutes / 2);
        var spread = Math.Sqrt(1 - (keep * keep));
        _drift = (_drift * keep) + (spread * _noise.Normal());
        _frequencyDrift = (_frequencyDrift * keep) + (spread * _noise.Normal());
        _now = now;
    }

    /// <summary>One load's power now, W.</summary>
    public double LoadPowerW(int load)
    {
        var it = _loads[load];
        if (!it.Closed)
        {
            return 0;
        }

        var phase = ((_now / it.Profile.Cycle) + it.Phase) % 1;
        return phase < it.Profile.Duty.At(_now) ? it.NominalW : 0;
    }

    /// <summary>The feeder's power now, W: base load and every closed load.</summary>
    public double PowerW()
    {
        var power = BaseLoadW.At(_now) * (1 + (0.04 * _drift));
        for (var i = 0; i < _loads.Length; i++)
        {
            power += LoadPowerW(i);
        }

        return power;
    }

    /// <summary>Current per phase, A, loads taken as balanced with a power factor of 0.97.</summary>
    public double CurrentA() => PowerW() / (Phases * NominalVoltage * 0.97);

    /// <summary>Phase voltage at the meter, V.</summary>
    public double VoltageV() => NominalVoltage + 4 - (Impedance * CurrentA()) + (0.3 * _noise.Normal());

    /// <summary>Grid frequency, Hz.</summary>
    public double FrequencyHz() => 50 + (0.015 * _frequencyDrift);

    /// <summary>Measurement noise of a class 1 meter.</summary>
    public double Measured(double value) => value * (1 + (0.002 * _noise.Normal()));

    private static LoadProfile ProfileOf(int load, int loads)
    {
        var tenth = load * 10 / loads;
        foreach (var (profile, tenths) in LoadProfile.Mix)
        {
            if (tenth < tenths)
            {
                return profile;
            }

            tenth -= tenths;
        }

        return LoadProfile.Mix[^1].Profile;
    }

    private sealed class Load(LoadProfile profile, double nominalW, double phase)
    {
        public LoadProfile Profile { get; } = profile;

        public double NominalW { get; } = nominalW;

        public double Phase { get; } = phase;

        public bool Closed { get; set; }
    }
}
