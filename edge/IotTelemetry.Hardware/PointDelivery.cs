namespace IotTelemetry.Hardware;

/// <summary>How a point's values come out of a driver.</summary>
public enum PointDelivery : byte
{
    /// <summary>The driver delivers each change by itself (an edge, a bus message).</summary>
    Pushed,

    /// <summary>The agent asks at the point's own interval.</summary>
    Polled,
}
