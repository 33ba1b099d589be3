namespace IotTelemetry.Hardware.Simulation;

/// <summary>What makes one kind of parking place differ from another.</summary>
/// <param name="Name">Board name.</param>
/// <param name="BaysPerZone">Bays that share a zone tag (a floor of a car park, a block face of a street).</param>
/// <param name="ZonePrefix">First part of a zone's name.</param>
/// <param name="ArrivalsPerHour">Arrivals per free bay and hour, by hour of day.</param>
/// <param name="MedianStay">Median length of stay.</param>
/// <param name="StaySigma">Spread of the length of stay (sigma of its logarithm).</param>
/// <param name="Sensor">How a vehicle is sensed.</param>
internal sealed record ParkingProfile(
    string Name,
    int BaysPerZone,
    string ZonePrefix,
    DailyCurve ArrivalsPerHour,
    TimeSpan MedianStay,
    double StaySigma,
    BaySensor Sensor)
{
    /// <summary>Commuters and shoppers under a roof: fills from seven, empties from four in the afternoon; ultrasonic sensor above each bay.</summary>
    public static ParkingProfile CarPark { get; } = new(
        "simulated-car-park",
        30,
        "level",
        new DailyCurve(0.02, 0.01, 0.01, 0.01, 0.02, 0.08, 0.3, 0.9, 1.3, 1.0, 0.8, 0.8, 0.9, 0.8, 0.7, 0.6, 0.6, 0.5, 0.5, 0.4, 0.3, 0.15, 0.08, 0.04),
        TimeSpan.FromMinutes(110),
        0.8,
        BaySensor.Ultrasonic);

    /// <summary>Short stays at the kerb, busy until the evening; magnetometer in the ground.</summary>
    public static ParkingProfile Street { get; } = new(
        "simulated-street",
        15,
        "block",
        new DailyCurve(0.1, 0.06, 0.04, 0.03, 0.05, 0.15, 0.6, 1.4, 2.2, 2.4, 2.5, 2.8, 3.2, 3.0, 2.6, 2.4, 2.5, 2.8, 3.0, 2.6, 1.8, 1.0, 0.5, 0.2),
        TimeSpan.FromMinutes(35),
        0.7,
        BaySensor.Magnetometer);
}
