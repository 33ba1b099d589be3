using IotTelemetry.Hardware.Qemu.Tests.Machine;
using IotTelemetry.Protocol;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>The native agent as it is packaged, in the machine, with the cloud service on the host: from a register or a pin to a row in ClickHouse.</summary>
[Collection(GuestMachine.Name)]
public sealed class AgentTests(Guest guest)
{
    private const string Board = """
        {"kind":"linux","name":"everything","assets":[
        {"id":"supply","kind":"supply","sensors":[{"type":"hwmon","device":"ina226","channel":"in1","point":"voltage_v"}]},
        {"id":"room","kind":"room","sensors":[{"type":"hwmon","device":"lm75","channel":"temp1","point":"temperature_c"}]},
        {"id":"feeder","kind":"feeder","sensors":[{"type":"iio","device":"ads1115","channel":"voltage0","point":"current_a","unit":"A","scale":30,"attributes":{"in_voltage0_scale":"0.125000000"}}]},
        {"id":"bay-1","kind":"parking_bay","sensors":[{"type":"iio","device":"hmc5883l","channel":"magn_x","point":"field_ut","threshold":{"point":"occupied","above":40,"hysteresis":5}}]},
        {"id":"bay-2","kind":"parking_bay","sensors":[{"type":"iio","device":"vl53l0x","channel":"distance","point":"distance_mm"}]},
        {"id":"door","kind":"cabinet","sensors":[{"type":"digital-input","point":"open","line":{"chip":"0-0020","line":"0","pollMs":50}}]},
        {"id":"entrance","kind":"entrance","sensors":[{"type":"digital-input","point":"occupied","line":{"chip":"cabinet","line":"cabinet-0"}}]},
        {"id":"load","kind":"flexible_load","sensors":[{"type":"contactor","initial":true,"safe":"off","travelTimeMs":200,"coil":{"chip":"cabinet","line":"1"},"normallyOpen":{"chip":"cabinet","line":"2"},"normallyClosed":{"chip":"cabinet","line":"3"}}]}
        ]}
        """;

    [CloudFact]
    public async Task Registers_pins_and_contacts_reach_ClickHouse_with_their_units_and_the_coil_is_off_when_the_agent_ends()
    {
        await using var cloud = await CloudProcess.StartAsync();
        await using var chip = await SimulatedChip.PlugAsync(guest, "cabinet");
        await using var ina226 = await I2cChip.PlugAsync(guest, "ina226", 0x40, "ina2xx", (0x02, 9600, true));
        await using var lm75 = await I2cChip.PlugAsync(guest, "lm75", 0x48, null, (0x00, 0x1900, true));
        await using var ads1115 = await I2cChip.PlugAsync(guest, "ads1115", 0x49, null, (0x00, 4000, true), (0x01, 0x8583, true));
        await using var hmc5883 = await I2cChip.PlugAsync(guest, "hmc5883l", 0x1e, null, (0x0a, 'H', false), (0x0b, '4', false), (0x0c, '3', false), (0x09, 1, false), (0x03, 0, false), (0x04, 218, false));
        await using var vl53l0x = await I2cChip.PlugAsync(guest, "vl53l0x", 0x29, null, (0x14, 1, false), (0x1e, 1234 >> 8, false), (0x1f, 1234 & 0xff, false));
        await using var pca9555 = await I2cChip.PlugAsync(guest, "pca9555", 0x20, null, (0x00, 0x0000, true));
        var configuration = $$"""{"site":"lab","gateway":"machine","state":"/var/agent","mqtt":{"endpoint":"mqtt://10.0.2.2:{{cloud.MqttPort}}"},"sampling":{"pollMs":200},"framing":{"maximumAgeMs":200},"board":{{Board}}}""";
        await guest.ShellAsync($"echo '{configuration.ReplaceLineEndings("")}' >/tmp/agent.json");
        await guest.ShellAsync("(/usr/bin/iot-edge run --drain-on-stop 20 /tmp/agent.json >/tmp/agent.log 2>&1; echo $? >/tmp/agent.status) & echo");

        await Latest(cloud, "supply", "voltage_v", "12");
        await Latest(cloud, "room", "temperature_c", "25");
        await Latest(cloud, "feeder", "current_a", "15");
        await Latest(cloud, "bay-1", "field_ut", "20");
        await Latest(cloud, "bay-1", "occupied", "0");
        await Latest(cloud, "bay-2", "distance_mm", "1234");
        await Latest(cloud, "door", "open", "0");
        await Latest(cloud, "entrance", "occupied", "0");
        await Latest(cloud, "load", "state", "1");

        // The coil is on and the contacts never moved.
        await Latest(cloud, "load", "fault", "1");

        await ina226.WordAsync(0x02, 8800);
        await lm75.WordAsync(0x00, 0xF600);
        await ads1115.WordAsync(0x00, 8000);
        await hmc5883.ByteAsync(0x03, 545 >> 8);
        await hmc5883.ByteAsync(0x04, 545 & 0xff);
        await vl53l0x.ByteAsync(0x1e, 600 >> 8);
        await vl53l0x.ByteAsync(0x1f, 600 & 0xff);
        await pca9555.ByteAsync(0x00, 0x01);
        await chip.PullAsync(0, up: true);
        await chip.PullAsync(2, up: true);
        await Latest(cloud, "supply", "voltage_v", "11");
        await Latest(cloud, "room", "temperature_c", "-10");
        await Latest(cloud, "feeder", "current_a", "30");
        await Latest(cloud, "bay-1", "field_ut", "50");
        await Latest(cloud, "bay-1", "occupied", "1");
        await Latest(cloud, "bay-2", "distance_mm", "600");
        await Latest(cloud, "door", "open", "1");
        await Latest(cloud, "entrance", "occupied", "1");
        await Latest(cloud, "load", "closed", "1");
        await Latest(cloud, "load", "fault", "0");

        var birth = await cloud.QueryAsync("SELECT birth FROM iot.gateway_history ORDER BY received_at DESC LIMIT 1 FORMAT TSVRaw");
        foreach (var (point, unit) in new[] { ("voltage_v", "V"), ("temperature_c", "degC"), ("current_a", "A"), ("field_ut", "uT"), ("distance_mm", "mm") })
        {
            Assert.Equal(unit, UnitOf(birth, point));
        }

        Assert.True(await chip.ValueAsync(1));
        await guest.ShellAsync("kill -TERM $(pidof iot-edge); i=0; while [ ! -f /tmp/agent.status ] && [ $i -lt 250 ]; do usleep 100000; i=$((i+1)); done");
        Assert.Equal("0", await guest.ShellAsync("cat /tmp/agent.status"));
        Assert.False(await chip.ValueAsync(1));
    }

    [GuestFact]
    public async Task Agent_that_is_killed_leaves_the_expander_as_it_was_and_safe_brings_every_output_to_its_safe_value()
    {
        // PCA9555: output port 1 is register 3, and nothing but a write changes it; the pins of the cabinet fall to their pull when they are freed.
        await using var chip = await SimulatedChip.PlugAsync(guest, "cabinet");
        await chip.PullAsync(1, up: false);
        await using var pca9555 = await I2cChip.PlugAsync(guest, "pca9555", 0x20, null, (0x02, 0x0000, true));
        const string Outputs = """
            {"kind":"linux","name":"outputs","assets":[
            {"id":"pump","kind":"flexible_load","sensors":[{"type":"digital-output","point":"state","initial":true,"safe":"off","line":{"chip":"0-0020","line":"8"}}]},
            {"id":"light","kind":"flexible_load","sensors":[{"type":"digital-output","point":"state","initial":false,"safe":"on","line":{"chip":"0-0020","line":"9"}}]},
            {"id":"sign","kind":"flexible_load","sensors":[{"type":"digital-output","point":"state","initial":true,"safe":"hold","line":{"chip":"0-0020","line":"10"}}]},
            {"id":"load","kind":"flexible_load","sensors":[{"type":"contactor","initial":true,"safe":"off","coil":{"chip":"cabinet","line":"1"},"normallyOpen":{"chip":"cabinet","line":"2"}}]}
            ]}
            """;
        var configuration = $$"""{"site":"lab","gateway":"outputs","state":"/var/outputs","mqtt":{"endpoint":"mqtt://10.0.2.2:1"},"board":{{Outputs}}}""";
        await guest.ShellAsync($"mkdir -p /etc/iot-edge && echo '{configuration.ReplaceLineEndings("")}' >/etc/iot-edge/edge.json");
        await guest.ShellAsync($"{await UnitLineAsync("ExecStart")} >/tmp/outputs.log 2>&1 & echo $! >/tmp/pid");
        await guest.ShellAsync($"i=0; while [ $(i2cget -f -y 0 0x20 0x03 b)$(cat {chip.Attribute(1, "value")}) != 0x051 ] && [ $i -lt 200 ]; do usleep 100000; i=$((i+1)); done");
        Assert.Equal("0x05", await guest.ShellAsync("i2cget -f -y 0 0x20 0x03 b"));
        Assert.True(await chip.ValueAsync(1));

        var safe = await UnitLineAsync("ExecStopPost");

        // Beside a running agent it changes nothing and says who holds the lines.
        var (status, refusal) = await guest.TryShellAsync($"{safe} 2>&1");
        Assert.Equal(1, status);
        Assert.Contains("iot-edge", refusal, StringComparison.Ordinal);
        Assert.Equal("0x05", await guest.ShellAsync("i2cget -f -y 0 0x20 0x03 b"));
        Assert.True(await chip.ValueAsync(1));

        await guest.ShellAsync("kill -9 $(cat /tmp/pid); while [ -d /proc/$(cat /tmp/pid) ]; do usleep 5000; done");
        Assert.Equal("0x05", await guest.ShellAsync("i2cget -f -y 0 0x20 0x03 b"));
        Assert.False(await chip.ValueAsync(1));

        Assert.Equal("", await guest.ShellAsync($"{safe} 2>&1"));
        Assert.Equal("0x06", await guest.ShellAsync("i2cget -f -y 0 0x20 0x03 b"));
        Assert.False(await chip.ValueAsync(1));
    }

    /// <summary>A command line of the unit that the package ships.</summary>
    private Task<string> UnitLineAsync(string key) => guest.ShellAsync($"sed -n 's/^{key}=//p' /usr/lib/systemd/system/iot-edge.service");

    private async Task Latest(CloudProcess cloud, string asset, string point, string value)
    {
        try
        {
            await cloud.WaitForAsync($"SELECT toString(round(argMax(value, (ts, epoch, seq)), 1)) FROM iot.readings WHERE site = 'lab' AND asset = '{asset}' AND point = '{point}'", value);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the agent said: {await guest.ShellAsync("tail -40 /tmp/agent.log")}");
        }
    }

    private static string UnitOf(string birth, string point) =>
        Birth.Decode(System.Text.Encoding.UTF8.GetBytes(birth)).Points.Single(p => p.Definition.Name == point).Definition.Unit ?? "";
}
