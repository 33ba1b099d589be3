namespace IotTelemetry.Hardware.Gpio;

/// <summary>What one line of a request is asked to be.</summary>
public sealed record GpioLineSettings
{
    /// <summary>The line's offset on its chip.</summary>
    public required uint Offset { get; init; }

    /// <summary>An output instead of an input.</summary>
    public bool IsOutput { get; init; }

    /// <summary>Logical 1 is the low level.</summary>
    public bool ActiveLow { get; init; }

    /// <summary>Input only: the resistor within the chip.</summary>
    public GpioBias Bias { get; init; }

    /// <summary>Output only: how the pin is driven.</summary>
    public GpioDrive Drive { get; init; }

    /// <summary>Input only: report both edges. Needs a chip that gives interrupts.</summary>
    public bool Edges { get; init; }

    /// <summary>Input only: the kernel reports a change once the line was stable for so long; zero for none, at most an hour.</summary>
    public TimeSpan Debounce { get; init; }

    /// <summary>Output only: the logical value from the moment of the request.</summary>
    public bool InitialValue { get; init; }

    internal GpioFlags Flags(GpioEventClock clock)
    {
        var flags = IsOutput ? GpioFlags.Output : GpioFlags.Input;
        flags |= ActiveLow ? GpioFlags.ActiveLow : GpioFlags.None;
        flags |= Bias switch
        {
            GpioBias.Disabled => GpioFlags.BiasDisabled,
            GpioBias.PullUp => GpioFlags.BiasPullUp,
            GpioBias.PullDown => GpioFlags.BiasPullDown,
            _ => GpioFlags.None,
        };
        if (IsOutput)
        {
            flags |= Drive switch
            {
                GpioDrive.OpenDrain => GpioFlags.OpenDrain,
                GpioDrive.OpenSource => GpioFlags.OpenSource,
                _ => GpioFlags.None,
            };
        }
        else if (Edges)
        {
            flags |= GpioFlags.EdgeRising | GpioFlags.EdgeFalling;
            flags |= clock == GpioEventClock.Realtime ? GpioFlags.EventClockRealtime : GpioFlags.None;
        }

        return flags;
    }
}
