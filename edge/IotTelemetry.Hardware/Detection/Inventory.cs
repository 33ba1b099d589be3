using IotTelemetry.Hardware.Gpio;
using IotTelemetry.Hardware.Hwmon;
using IotTelemetry.Hardware.I2c;
using IotTelemetry.Hardware.Iio;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Detection;

/// <summary>What this machine has: chips and lines with their users, I2C buses and chips, kernel sensors. Reading it changes nothing and probes no bus.</summary>
public sealed class Inventory
{
    /// <summary>GPIO chips with all their lines.</summary>
    public required IReadOnlyList<DetectedChip> Chips { get; init; }

    /// <summary>I2C buses with the chips the kernel knows.</summary>
    public required IReadOnlyList<DetectedBus> Buses { get; init; }

    /// <summary>IIO and hwmon devices.</summary>
    public required IReadOnlyList<DetectedSensor> Sensors { get; init; }

    /// <summary>Reads it. What this user may not open is left out.</summary>
    public static Inventory Read(string sysfs = "/sys")
    {
        var chips = new List<DetectedChip>();
        foreach (var chip in GpioChip.OpenAll())
        {
            using (chip)
            {
                var lines = new List<GpioLineInfo>();
                for (uint offset = 0; offset < chip.LineCount; offset++)
                {
                    lines.Add(chip.Line(offset));
                }

                chips.Add(new DetectedChip(chip.Name, chip.Label, lines));
            }
        }

        return new Inventory
        {
            Chips = chips,
            Buses = [.. I2cBus.All(sysfs).Select(bus => new DetectedBus(bus, bus.Clients(sysfs)))],
            Sensors = [.. IioDevices.All(sysfs).Select(d => Sensor("iio", d, IioChannel.Names(d), c => IioUnit.Of(c)?.Symbol)),
                .. HwmonDevices.All(sysfs).Select(d => Sensor("hwmon", d, HwmonChannel.Names(d), c => HwmonChannel.UnitOf(c).Unit))],
        };
    }

    private static DetectedSensor Sensor(string subsystem, KernelDevice device, IReadOnlyList<string> channels, Func<string, string?> unit) =>
        new(subsystem, device.Chip ?? device.Name, device.Client?.Bus, device.Client?.Address, [.. channels.Select(c => new DetectedChannel(c, unit(c) ?? ""))]);
}
