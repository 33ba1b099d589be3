using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>
/// The GPIO character device, uAPI v2 (linux/include/uapi/linux/gpio.h, kernel 5.10 and newer). Every structure is laid out the same on all
/// architectures: the header pads and aligns them so.
/// </summary>
internal static class GpioAbi
{
    /// <summary>GPIO_MAX_NAME_SIZE, with the terminating zero.</summary>
    public const int NameSize = 32;

    /// <summary>GPIO_V2_LINES_MAX: lines in one request.</summary>
    public const int LinesMax = 64;

    /// <summary>GPIO_V2_LINE_NUM_ATTRS_MAX: differing settings in one request.</summary>
    public const int AttributesMax = 10;

    /// <summary>The kernel caps event_buffer_size at this (drivers/gpio/gpiolib-cdev.c, linereq_create: GPIO_V2_LINES_MAX * 16).</summary>
    public const int EventBufferMax = LinesMax * 16;

    // _IOR/_IOWR(0xB4, number, structure): direction << 30 | size << 16 | 0xB4 << 8 | number
    public const uint GetChipInfo = 0x8044B401;
    public const uint GetLineInfo = 0xC100B405;
    public const uint GetLine = 0xC250B407;
    public const uint GetValues = 0xC010B40E;
    public const uint SetValues = 0xC010B40F;

    public const uint EventRisingEdge = 1;
    public const uint EventFallingEdge = 2;
}

/// <summary>enum gpio_v2_line_flag.</summary>
[Flags]
internal enum GpioFlags : ulong
{
    None = 0,
    Used = 1 << 0,
    ActiveLow = 1 << 1,
    Input = 1 << 2,
    Output = 1 << 3,
    EdgeRising = 1 << 4,
    EdgeFalling = 1 << 5,
    OpenDrain = 1 << 6,
    OpenSource = 1 << 7,
    BiasPullUp = 1 << 8,
    BiasPullDown = 1 << 9,
    BiasDisabled = 1 << 10,
    EventClockRealtime = 1 << 11,
}

/// <summary>enum gpio_v2_line_attr_id.</summary>
internal enum GpioAttributeId : uint
{
    Flags = 1,
    OutputValues = 2,
    Debounce = 3,
}

/// <summary>char[GPIO_MAX_NAME_SIZE].</summary>
[InlineArray(GpioAbi.NameSize)]
internal struct GpioName
{
    private byte _first;
}

/// <summary>struct gpiochip_info, 68 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioChipInfo
{
    public GpioName Name;
    public GpioName Label;
    public uint Lines;
}

/// <summary>struct gpio_v2_line_values, 16 bytes; bit i is the i-th line of the request.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineValues
{
    public ulong Bits;
    public ulong Mask;
}

/// <summary>struct gpio_v2_line_attribute, 16 bytes; <see cref="Value"/> is the union of flags, values and debounce_period_us.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineAttribute
{
    public GpioAttributeId Id;
    public uint Padding;
    public ulong Value;
}

/// <summary>struct gpio_v2_line_config_attribute, 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineConfigAttribute
{
    public GpioLineAttribute Attribute;
    public ulong Mask;
}

/// <summary>The attributes of a configuration.</summary>
[InlineArray(GpioAbi.AttributesMax)]
internal struct GpioLineConfigAttributes
{
    private GpioLineConfigAttribute _first;
}

/// <summary>The attributes of a line's description.</summary>
[InlineArray(GpioAbi.AttributesMax)]
internal struct GpioLineAttributes
{
    private GpioLineAttribute _first;
}

/// <summary>Reserved words, which must be zero.</summary>
[InlineArray(5)]
internal struct GpioPadding5
{
    private uint _first;
}

/// <summary>struct gpio_v2_line_config, 272 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineConfig
{
    public GpioFlags Flags;
    public uint AttributeCount;
    public GpioPadding5 Padding;
    public GpioLineConfigAttributes Attributes;
}

/// <summary>__u32 offsets[GPIO_V2_LINES_MAX].</summary>
[InlineArray(GpioAbi.LinesMax)]
internal struct GpioOffsets
{
    private uint _first;
}

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
