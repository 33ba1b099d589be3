namespace IotTelemetry.Edge.Interlocks;

/// <summary>What an input does to the assets it holds.</summary>
internal enum HoldEffect
{
    /// <summary>A lockout switch: nothing switches the asset.</summary>
    Lockout,

    /// <summary>A local/remote switch: only who stands before it switches the asset.</summary>
    LocalControl,
}
