namespace IotTelemetry.Hardware.Sensors;

/// <summary>An asset and what measures or switches it.</summary>
public sealed record LinuxAssetOptions
{
    /// <summary>The asset itself.</summary>
    public required BoardAsset Asset { get; init; }

    /// <summary>Its sensors and outputs.</summary>
    public required IReadOnlyList<SensorOptions> Sensors { get; init; }
}
