namespace IotTelemetry.Hardware.Sensors;

/// <summary>How a register's bits become a number.</summary>
public enum I2cRegisterFormat
{
    /// <summary>One byte, 0 to 255.</summary>
    Unsigned8,

    /// <summary>One byte, two's complement.</summary>
    Signed8,

    /// <summary>Two bytes, high byte first.</summary>
    Unsigned16,

    /// <summary>Two bytes, high byte first, two's complement.</summary>
    Signed16,

    /// <summary>Two bytes, low byte first.</summary>
    Unsigned16LowFirst,

    /// <summary>Two bytes, low byte first, two's complement.</summary>
    Signed16LowFirst,
}
