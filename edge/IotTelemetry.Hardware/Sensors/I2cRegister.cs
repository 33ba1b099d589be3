using IotTelemetry.Hardware.I2c;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Reads one register; opens the chip anew after a failure.</summary>
internal sealed class I2cRegister(I2cRegisterOptions options, MeasuredPoint measured) : IPolledSource
{
    private readonly Lock _gate = new();
    private I2cDevice? _device;

    /// <inheritdoc/>
    public RawValue Read()
    {
        lock (_gate)
        {
            try
            {
                _device ??= I2cDevice.Open(I2cBus.Find(options.Bus), options.Address);
                return measured.Measure(Value(_device));
            }
            catch (IOException)
            {
                Dispose();
                measured.Fail();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device?.Dispose();
        _device = null;
    }

    private double Value(I2cDevice device)
    {
        var register = (byte)options.Register;
        return options.Format switch
        {
            I2cRegisterFormat.Unsigned8 => device.ReadByte(register),
            I2cRegisterFormat.Signed8 => (sbyte)device.ReadByte(register),
            I2cRegisterFormat.Unsigned16 => device.ReadWordHighFirst(register),
            I2cRegisterFormat.Signed16 => (short)device.ReadWordHighFirst(register),
            I2cRegisterFormat.Unsigned16LowFirst => device.ReadWordLowFirst(register),
            _ => (short)device.ReadWordLowFirst(register),
        };
    }
}
