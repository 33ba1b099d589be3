using System.Runtime.CompilerServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>The attributes of a configuration.</summary>
[InlineArray(GpioAbi.AttributesMax)]
internal struct GpioLineConfigAttributes
{
    private GpioLineConfigAttribute _first;
}
