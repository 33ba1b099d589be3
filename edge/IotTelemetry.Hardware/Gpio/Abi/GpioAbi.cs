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
