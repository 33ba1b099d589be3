namespace IotTelemetry.Hardware.Gpio;

/// <summary>What the kernel tells of one line.</summary>
/// <param name="Offset">Its place on the chip.</param>
/// <param name="Name">Its name from the device tree; often empty.</param>
/// <param name="Consumer">Who holds it; empty when free or when the kernel does not say.</param>
/// <param name="IsUsed">Held by a program, a driver or the kernel itself.</param>
/// <param name="IsOutput">Driven by the chip.</param>
public sealed record GpioLineInfo(uint Offset, string Name, string Consumer, bool IsUsed, bool IsOutput);
