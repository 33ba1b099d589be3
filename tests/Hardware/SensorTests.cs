using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>Kernel drivers of real chips over simulated registers.</summary>
[Collection(GuestMachine.Name)]
public sealed class SensorTests(Guest guest)
{
    [GuestFact]
    public async Task Ina226_by_hwmon_gives_volts_amperes_and_watts()
    {
        // Bus voltage 1.25 mV/bit (0x02), shunt 2.5 uV/bit (0x01), INA226 data sheet SBOS547, section 7.6; power and current (0x03, 0x04) in the driver's scale.
        await using var chip = await I2cChip.PlugAsync(guest, "ina226", 0x40, "ina2xx", (0x02, 9600, true), (0x01, 1000, true), (0x04, 500, true), (0x03, 480, true));
        await using var probe = await ProbeSession.StartAsync(guest, Board("hwmon", "ina226", "in1", "voltage_v", address: "0x40"));

        var voltage = await probe.ReadAsync("x/voltage_v");
        Assert.Equal(12.0, voltage.Value, 3);
        Assert.Equal("V", voltage.Unit);
        await chip.WordAsync(0x02, 8800);
        Assert.Equal(11.0, (await probe.ReadAsync("x/voltage_v")).Value, 3);
    }

    [GuestFact]
    public async Task Ina226_by_hwmon_gives_current_of_its_shunt()
    {
        await using var chip = await I2cChip.PlugAsync(guest, "ina226", 0x40, "ina2xx", (0x02, 9600, true));
        await using var probe = await ProbeSession.StartAsync(guest, Board("hwmon", "ina226", "curr1", "current_a", more: "\"attributes\":{\"shunt_resistor\":\"10000\"},"));
        await probe.ReadAsync("x/current_a");

        // The driver calibrates the current register to 0.00512 / 2048 / shunt amperes a bit: 0.25 mA for 10 mOhm (drivers/hwmon/ina2xx.c).
        await chip.WordAsync(0x04, 8000);
        var current = await probe.ReadAsync("x/current_a");
        Assert.Equal(2.0, current.Value, 3);
        Assert.Equal("A", current.Unit);
    }

    [GuestFact]
    public async Task Ina219_beside_an_ina226_gives_volts_amperes_and_watts_of_its_own()
    {
        // Bus voltage 4 mV/bit above three flag bits (0x02), shunt 10 uV/bit (0x01), INA219 data sheet SBOS448, section 8.6; the driver's calibration of
        // 4096 makes the current (0x04) 0.1 mA and the power (0x03) 2 mW a bit with 100 mOhm.
        await using var neighbour = await I2cChip.PlugAsync(guest, "ina226", 0x40, "ina2xx", (0x02, 9600, true));
        await using var chip = await I2cChip.PlugAsync(guest, "ina219", 0x41, "ina2xx", (0x02, 6000 << 3, true), (0x01, 4000, true), (0x04, 4000, true), (0x03, 4800, true));
        const string Device = "\"type\":\"hwmon\",\"device\":\"ina219\",\"attributes\":{\"shunt_resistor\":\"100000\"}";
        await using var probe = await ProbeSession.StartAsync(guest, $$"""{"name":"t","assets":[{"id":"x","kind":"k","sensors":[{{{Device}},"channel":"in0","point":"shunt_v"},{{{Device}},"channel":"in1","point":"voltage_v"},{{{Device}},"channel":"curr1","point":"current_a"},{{{Device}},"channel":"power1","point":"power_w"},{"type":"hwmon","device":"ina226","channel":"in1","point":"neighbour_v"}]}]}""");

        foreach (var (point, value, unit) in new[] { ("shunt_v", 0.04, "V"), ("voltage_v", 24.0, "V"), ("current_a", 0.4, "A"), ("power_w", 9.6, "W"), ("neighbour_v", 12.0, "V") })
        {
            var read = await probe.ReadAsync("x/" + point);
            Assert.Equal(value, read.Value, 3);
            Assert.Equal(unit, read.Unit);
        }

        await chip.WordAsync(0x02, 3000 << 3);
        Assert.Equal(12.0, (await probe.ReadAsync("x/voltage_v")).Value, 3);
        await chip.WordAsync(0x04, -4000);
        Assert.Equal(-0.4, (await probe.ReadAsync("x/current_a")).Value, 3);
    }

    [GuestFact]
    public async Task Ina226_by_iio_gives_volts()
    {
        await using var chip = await I2cChip.PlugAsync(guest, "ina226", 0x41, "ina2xx_adc", (0x02, 9600, true));
        await using var probe = await ProbeSession.StartAsync(guest, Board("iio", "ina226", "voltage1", "voltage_v", address: "0x41"));

        Assert.Equal(12.0, (await probe.ReadAsync("x/voltage_v")).Value, 3);
    }

    [GuestFact]
    public async Task Ina226_captured_through_the_IIO_buffer_gives_the_mean_of_many_scans_and_comes_back_after_a_loss()
    {
        const string Board = """{"name":"t","assets":[{"id":"x","kind":"k","sensors":[{"type":"iio-capture","device":"ina226","samples":20,"attributes":{"in_allow_async_readout":"1"},"channels":[{"channel":"voltage1","point":"voltage_v"},{"channel":"voltage0","point":"shunt_v"}]}]}]}""";
        await using var probe = await ProbeSession.StartAsync(guest, Board);
        await probe.HeardAsync("value x/voltage_v 0 Bad");
        await using (var chip = await I2cChip.PlugAsync(guest, "ina226", 0x41, "ina2xx_adc", (0x02, 9600, true), (0x01, 1000, true)))
        {
            await probe.ValueAsync("x/voltage_v", 12);
            await probe.ValueAsync("x/shunt_v", 0.0025);
            var from = probe.Now();
            await chip.WordAsync(0x02, 8800);
            await probe.ValueAsync("x/voltage_v", 11, from: from);
        }

        var after = probe.Now();
        await probe.LoggedAsync("x/voltage_v captures nothing", after);
        await using var again = await I2cChip.PlugAsync(guest, "ina226", 0x41, "ina2xx_adc", (0x02, 7200, true));
        await probe.ValueAsync("x/voltage_v", 9, from: after);
    }

    [GuestFact]
    public async Task Lm75_gives_degrees_celsius_below_and_above_zero()
    {
        // 0.5 degC/bit in the upper nine bits.
        await using var chip = await I2cChip.PlugAsync(guest, "lm75", 0x48, null, (0x00, 0x1900, true));
        await using var probe = await ProbeSession.StartAsync(guest, Board("hwmon", "lm75", "temp1", "temperature_c"));

        Assert.Equal(25.0, (await probe.ReadAsync("x/temperature_c")).Value, 3);
        await chip.WordAsync(0x00, 0xF600);

        // The driver reads the chip again after its sample time.
        await guest.ShellAsync("usleep 400000");
        var cold = await probe.ReadAsync("x/temperature_c");
        Assert.Equal(-10.0, cold.Value, 3);
        Assert.Equal("degC", cold.Unit);
    }

    [GuestFact]
    public async Task Ads1115_with_a_current_clamp_gives_amperes_by_its_scale()
    {
        // AIN0 against ground at +-4.096 V: 0.125 mV/bit; the clamp gives 1 V at 30 A.
        await using var chip = await I2cChip.PlugAsync(guest, "ads1115", 0x49, null, (0x00, 8000, true), (0x01, 0x8583, true));
        await using var probe = await ProbeSession.StartAsync(guest, Board("iio", "ads1115", "voltage0", "current_a", more: "\"attributes\":{\"in_voltage0_scale\":\"0.125000000\"},\"scale\":30,\"unit\":\"A\","));

        var current = await probe.ReadAsync("x/current_a");
        Assert.Equal(30.0, current.Value, 3);
        Assert.Equal("A", current.Unit);
    }

    [GuestFact]
    public async Task Hmc5883_gives_microteslas_and_tells_an_occupied_bay()
    {
        // Identification "H43"; 1090 LSB/G at the default gain (HMC5883L data sheet, table 9).
        await using var chip = await I2cChip.PlugAsync(guest, "hmc5883l", 0x1e, null, (0x0a, 'H', false), (0x0b, '4', false), (0x0c, '3', false), (0x09, 1, false), (0x03, 0x00, false), (0x04, 218, false));
        await using var probe = await ProbeSession.StartAsync(guest, Board("iio", "hmc5883l", "magn_x", "field_ut", more: "\"threshold\":{\"point\":\"occupied\",\"above\":40,\"hysteresis\":5},"));

        var field = await probe.ReadAsync("x/field_ut");
        Assert.Equal(20.0, field.Value, 1);
        Assert.Equal("uT", field.Unit);
        await probe.ValueAsync("x/occupied", 0);
        await chip.ByteAsync(0x03, 545 >> 8);
        await chip.ByteAsync(0x04, 545 & 0xff);
        Assert.Equal(50.0, (await probe.ReadAsync("x/field_ut")).Value, 1);
        await probe.ValueAsync("x/occupied", 1);
    }

    [GuestFact]
    public async Task Hmc5883_captured_by_a_trigger_gives_the_mean_of_its_scans_and_tells_an_occupied_bay()
    {
        // X in 0x03 and 0x04, Z in 0x05 and 0x06 (HMC5883L data sheet, table 2); the trigger is the kernel's iio-trig-sysfs, fired by hand.
        await using var chip = await I2cChip.PlugAsync(guest, "hmc5883l", 0x1e, null, (0x0a, 'H', false), (0x0b, '4', false), (0x0c, '3', false), (0x09, 1, false), (0x03, 0, false), (0x04, 218, false), (0x05, 0xff, false), (0x06, 0x26, false));
        await guest.ShellAsync("echo 7 >/sys/bus/iio/devices/iio_sysfs_trigger/add_trigger");
        await using (var probe = await ProbeSession.StartAsync(guest, """{"name":"t","assets":[{"id":"x","kind":"k","sensors":[{"type":"iio-capture","device":"hmc5883l","trigger":"sysfstrig7","samples":4,"channels":[{"channel":"magn_z","point":"z_ut"},{"channel":"magn_x","point":"x_ut","threshold":{"point":"occupied","above":40,"hysteresis":5}}]}]}]}"""))
        {
            await guest.ShellAsync("(i=0; while [ $i -lt 500 ]; do for t in /sys/bus/iio/devices/trigger*; do echo 1 >$t/trigger_now; done; usleep 20000; i=$((i+1)); done) >/dev/null 2>&1 & echo $! >/tmp/triggers");
            await Near(probe, "x/x_ut", 20);
            await Near(probe, "x/z_ut", -20);
            await probe.ValueAsync("x/occupied", 0);
            await chip.ByteAsync(0x03, 545 >> 8);
            await chip.ByteAsync(0x04, 545 & 0xff);
            Assert.Equal("uT", (await Near(probe, "x/x_ut", 50)).Unit);
            await probe.ValueAsync("x/occupied", 1);
            await probe.QuitAsync();
        }

        await guest.ShellAsync("kill $(cat /tmp/triggers); while [ -d /proc/$(cat /tmp/triggers) ]; do usleep 5000; done; echo > /sys/bus/iio/devices/iio:device0/trigger/current_trigger; echo 7 >/sys/bus/iio/devices/iio_sysfs_trigger/remove_trigger");
    }

    [GuestFact]
    public async Task Vl53l0x_gives_millimetres()
    {
        await using var chip = await I2cChip.PlugAsync(guest, "vl53l0x", 0x29, null, (0x14, 1, false), (0x1e, 1234 >> 8, false), (0x1f, 1234 & 0xff, false));
        await using var probe = await ProbeSession.StartAsync(guest, Board("iio", "vl53l0x", "distance", "distance_mm"));

        var distance = await probe.ReadAsync("x/distance_mm");
        Assert.Equal("mm", distance.Unit);
        Assert.Equal(1234, distance.Value, 1);
    }

    [GuestFact]
    public async Task Pca9555_gives_lines_that_are_polled_and_outputs()
    {
        // Input port 0 is register 0, output port 0 register 2 (PCA9555 data sheet, section 6.2).
        await using var chip = await I2cChip.PlugAsync(guest, "pca9555", 0x20, null, (0x00, 0x0000, true));
        await using var probe = await ProbeSession.StartAsync(guest, """{"name":"t","assets":[{"id":"x","kind":"k","sensors":[{"type":"digital-input","point":"in","line":{"chip":"0-0020","line":"0","pollMs":20}},{"type":"digital-output","point":"out","line":{"chip":"0-0020","line":"8"}}]}]}""");
        await probe.ValueAsync("x/in", 0);
        var from = probe.Now();
        await chip.ByteAsync(0x00, 0x01);
        await probe.ValueAsync("x/in", 1, from: from);
        await probe.AskAsync("set x/out 1");
        Assert.Equal("0x01", await guest.ShellAsync("i2cget -f -y 0 0x20 0x03 b"));
    }

    [GuestFact]
    public async Task Edges_asked_of_a_chip_without_interrupts_are_refused_with_the_way_out()
    {
        await using var chip = await I2cChip.PlugAsync(guest, "pca9555", 0x20, null);
        await using var probe = await ProbeSession.StartAsync(guest, """{"name":"t","assets":[{"id":"x","kind":"k","sensors":[{"type":"digital-input","point":"in","line":{"chip":"0-0020","line":"0"}}]}]}""");
        Assert.Contains("pollMs", await probe.LoggedAsync("x/in has no line"), StringComparison.Ordinal);
    }

    [GuestFact]
    public async Task Register_of_a_chip_without_a_driver_is_read_through_i2c_dev()
    {
        await guest.ShellAsync("i2cset -y 0 0x50 0x10 0x18fc w");
        await using var probe = await ProbeSession.StartAsync(guest, """{"name":"t","assets":[{"id":"x","kind":"k","sensors":[{"type":"i2c-register","point":"level","unit":"%","bus":"SMBus stub driver","address":"0x50","register":"0x10","format":"s16be","scale":0.1}]}]}""");

        Assert.Equal(-100.0, (await probe.ReadAsync("x/level")).Value, 6);
    }

    [GuestFact]
    public async Task Sensor_that_goes_away_fails_by_name_and_is_found_again()
    {
        await using var probe = await ProbeSession.StartAsync(guest, Board("hwmon", "lm75", "temp1", "temperature_c"));
        Assert.Contains("error finding hwmon device lm75", await probe.AskAsync("read x/temperature_c"), StringComparison.Ordinal);

        await using (await I2cChip.PlugAsync(guest, "lm75", 0x48, null, (0x00, 0x1900, true)))
        {
            Assert.Equal(25.0, (await probe.ReadAsync("x/temperature_c")).Value, 3);
        }

        Assert.StartsWith("error", await probe.AskAsync("read x/temperature_c"), StringComparison.Ordinal);
    }

    private async Task<ProbeValue> Near(ProbeSession probe, string point, double value) => ProbeValue.Parse(await guest.Probe.WaitAsync(
        l => l.StartsWith($"value {point} ", StringComparison.Ordinal) && ProbeValue.Parse(l) is { Quality: "Good" } read && Math.Abs(read.Value - value) < 0.05,
        TimeSpan.FromSeconds(20),
        probe.Start));

    private static string Board(string type, string device, string channel, string point, string? address = null, string more = "") =>
        $$"""{"name":"t","assets":[{"id":"x","kind":"k","sensors":[{"type":"{{type}}",{{more}}"device":"{{device}}",{{(address is null ? "" : $"\"address\":\"{address}\",")}}"channel":"{{channel}}","point":"{{point}}"}]}]}""";
}
