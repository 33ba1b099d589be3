namespace IotTelemetry.Hardware.Gpio;

/// <summary>enum gpio_v2_line_attr_id.</summary>
internal enum GpioAttributeId : uint
{
    Flags = 1,
    OutputValues = 2,
    Debounce = 3,
}
