using System.Runtime.InteropServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>struct gpio_v2_line_request, 592 bytes; the kernel fills <see cref="Fd"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineRequestData
{
    public GpioOffsets Offsets;
    public GpioName Consumer;
    public GpioLineConfig Config;
    public uint LineCount;
    public uint EventBufferSize;
    public GpioPadding5 Padding;
    public int Fd;
}
