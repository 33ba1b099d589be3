using IotTelemetry.Hardware.Gpio;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>A board of real pins and kernel sensors, as a configuration describes it.</summary>
public sealed record LinuxBoardOptions
{
    /// <summary>What the board is called in the birth and the log.</summary>
    public required string Name { get; init; }

    /// <summary>What others see as the holder of its lines (<c>gpioinfo</c>); 1 to 31 bytes.</summary>
    public string Consumer { get; init; } = "iot-edge";

    /// <summary>The clock of the edges' timestamps.</summary>
    public GpioEventClock EventClock { get; init; }

    /// <summary>Edges that the kernel keeps for each request until they are read, 16 to 1,024.</summary>
    public int EventBufferSize { get; init; } = 1024;

    /// <summary>Where durable totals are kept; created when missing.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The header whose pins the wiring table and drawing show; null for a board without one this library knows.</summary>
    public string? Header { get; init; }

    /// <summary>I2C chips that the kernel must be told of, for want of a device tree entry.</summary>
    public IReadOnlyList<I2cBindOptions> I2cBindings { get; init; } = [];

    /// <summary>The things at the site.</summary>
    public required IReadOnlyList<LinuxAssetOptions> Assets { get; init; }
}
