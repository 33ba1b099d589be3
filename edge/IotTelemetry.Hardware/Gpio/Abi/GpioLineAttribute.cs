using System.Runtime.InteropServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>struct gpio_v2_line_attribute, 16 bytes; <see cref="Value"/> is the union of flags, values and debounce_period_us.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineAttribute
{
    public GpioAttributeId Id;
    public uint Padding;
    public ulong Value;
}
