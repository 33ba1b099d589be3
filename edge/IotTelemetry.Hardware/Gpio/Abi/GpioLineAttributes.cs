using System.Runtime.CompilerServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>The attributes of a line's description.</summary>
[InlineArray(GpioAbi.AttributesMax)]
internal struct GpioLineAttributes
{
    private GpioLineAttribute _first;
}
