namespace IotTelemetry.Hardware;

/// <summary>What kind of quantity a point is; decides how it is filtered and encoded.</summary>
public enum PointKind : byte
{
    /// <summary>On or off: 0 or 1. Debounced.</summary>
    Digital,

    /// <summary>A measured quantity. Reported by deadband and maximum silence.</summary>
    Analog,

    /// <summary>A total that only rises, such as energy.</summary>
    Counter,
}
