using System.Runtime.CompilerServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>char[GPIO_MAX_NAME_SIZE].</summary>
[InlineArray(GpioAbi.NameSize)]
internal struct GpioName
{
    private byte _first;
}
