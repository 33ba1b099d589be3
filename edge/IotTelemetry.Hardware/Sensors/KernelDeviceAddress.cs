using System.Globalization;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>How a sensor with a kernel driver is known again: by what does not change at boot. Every part that is given must match.</summary>
/// <param name="Name">The driver's name for it, such as <c>ina226</c>.</param>
/// <param name="Label">The label from the device tree, where there is one.</param>
/// <param name="Bus">The I2C adapter's name or number.</param>
/// <param name="Address">The 7-bit I2C address.</param>
public sealed record KernelDeviceAddress(string? Name, string? Label, string? Bus, int? Address)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', new[]
    {
        Name,
        Label is null ? null : $"labelled '{Label}'",
        Address is { } address ? string.Create(CultureInfo.InvariantCulture, $"at 0x{address:x2}") : null,
        Bus is null ? null : $"of bus '{Bus}'",
    }.Where(part => part is not null));
}
