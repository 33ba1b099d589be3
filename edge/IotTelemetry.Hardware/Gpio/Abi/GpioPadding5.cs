using System.Runtime.CompilerServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>Reserved words, which must be zero.</summary>
[InlineArray(5)]
internal struct GpioPadding5
{
    private uint _first;
}
