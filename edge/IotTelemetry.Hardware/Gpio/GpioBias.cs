namespace IotTelemetry.Hardware.Gpio;

/// <summary>The resistor inside the chip that holds an open input.</summary>
public enum GpioBias
{
    /// <summary>As the firmware or device tree left it.</summary>
    AsIs,

    /// <summary>None: an outer resistor or a driven signal decides.</summary>
    Disabled,

    /// <summary>To the supply: for contacts to ground.</summary>
    PullUp,

    /// <summary>To ground.</summary>
    PullDown,
}
