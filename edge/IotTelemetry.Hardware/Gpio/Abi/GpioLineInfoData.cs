using System.Runtime.InteropServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>struct gpio_v2_line_info, 256 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineInfoData
{
    public GpioName Name;
    public GpioName Consumer;
    public uint Offset;
    public uint AttributeCount;
    public GpioFlags Flags;
    public GpioLineAttributes Attributes;
    public long Padding0;
    public long Padding1;
}
