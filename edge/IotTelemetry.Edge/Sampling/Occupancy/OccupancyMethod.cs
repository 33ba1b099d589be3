namespace IotTelemetry.Edge.Sampling.Occupancy;

/// <summary>What a vehicle does to the sensor.</summary>
internal enum OccupancyMethod
{
    /// <summary>It comes between the sensor and the floor: the distance is less than to the empty bay.</summary>
    Distance,

    /// <summary>Its steel bends the field of the earth, in any direction: what counts is how far the vector has moved.</summary>
    Magnetic,
}
