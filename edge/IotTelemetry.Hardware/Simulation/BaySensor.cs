namespace IotTelemetry.Hardware.Simulation;

/// <summary>What a bay's analog point measures: empty and occupied levels, how they spread from bay to bay or vehicle to vehicle, and noise.</summary>
internal sealed record BaySensor(string Point, string Unit, double Empty, double EmptySpread, double OccupiedLow, double OccupiedHigh, double Noise, double Maximum)
{
    /// <summary>Above the bay: the floor at 2.5 m, a roof or bonnet nearer (HC-SR04 resolves about 3 mm).</summary>
    public static BaySensor Ultrasonic { get; } = new("distance_mm", "mm", 2500, 25, 850, 1450, 4, 4000);

    /// <summary>In the ground: the earth's field, disturbed by the steel above (HMC5883L range 130 uT).</summary>
    public static BaySensor Magnetometer { get; } = new("field_ut", "uT", 48, 3, 70, 115, 0.4, 130);
}
