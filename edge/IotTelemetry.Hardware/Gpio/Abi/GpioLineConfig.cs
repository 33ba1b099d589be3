using System.Runtime.InteropServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>struct gpio_v2_line_config, 272 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineConfig
{
    public GpioFlags Flags;
    public uint AttributeCount;
    public GpioPadding5 Padding;
    public GpioLineConfigAttributes Attributes;
}
