using IotTelemetry.Hardware.Hwmon;
using IotTelemetry.Hardware.Iio;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Reads one IIO or hwmon channel; a device that went away is found again at the next reading, whatever its number is then.</summary>
internal sealed class KernelSensor(KernelSensorOptions options, MeasuredPoint measured) : IPolledSource
{
    private readonly Lock _gate = new();
    private Func<double>? _read;

    /// <inheritdoc/>
    public RawValue Read()
    {
        lock (_gate)
        {
            try
            {
                _read ??= Open();
                var samples = new SampleStatistics();
                while (samples.Count < options.Samples)
                {
                    samples.Add(_read());
                }

                return measured.Measure(samples.Value(options.Statistic));
            }
            catch (IOException)
            {
                _read = null;
                measured.Fail();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Func<double> Open()
    {
        var device = options.Subsystem == KernelSubsystem.Iio ? IioDevices.Find(options.Device) : HwmonDevices.Find(options.Device);
        foreach (var (attribute, value) in options.Attributes)
        {
            Sysfs.Write($"{device.Path}/{attribute}", value);
        }

        return options.Subsystem == KernelSubsystem.Iio ? IioChannel.Open(device, options.Channel).Read : HwmonChannel.Open(device, options.Channel).Read;
    }
}
