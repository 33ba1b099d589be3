using System.Runtime.InteropServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>struct gpio_v2_line_event, 48 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineEventData
{
    public ulong TimestampNs;
    public uint Id;
    public uint Offset;
    public uint Sequence;
    public uint LineSequence;
    public long Padding0;
    public long Padding1;
    public long Padding2;
}
