using IotTelemetry.Hardware.Gpio;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>One GPIO line as a configuration names it.</summary>
public sealed record GpioLineOptions
{
    /// <summary>The chip's label, kernel name or number; the label is what stays the same at every boot.</summary>
    public required string Chip { get; init; }

    /// <summary>The line's name or offset.</summary>
    public required string Line { get; init; }

    /// <summary>Logical 1 is the low level.</summary>
    public bool ActiveLow { get; init; }

    /// <summary>Inputs: the resistor within the chip.</summary>
    public GpioBias Bias { get; init; }

    /// <summary>Outputs: how the pin is driven.</summary>
    public GpioDrive Drive { get; init; }

    /// <summary>Inputs: how long the line must be stable before the kernel reports it; zero to an hour.</summary>
    public TimeSpan Debounce { get; init; }

    /// <summary>Inputs of a chip without interrupts (PCA9555): how often the line is read; null for edges.</summary>
    public TimeSpan? Poll { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Chip}/{Line}";
}
