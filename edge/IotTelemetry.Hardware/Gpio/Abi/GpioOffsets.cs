using System.Runtime.CompilerServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>__u32 offsets[GPIO_V2_LINES_MAX].</summary>
[InlineArray(GpioAbi.LinesMax)]
internal struct GpioOffsets
{
    private uint _first;
}
