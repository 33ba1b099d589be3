using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>The installed unit under a real systemd and a real kernel: its sandbox lets the agent do all it has to, and nothing else.</summary>
[Collection(GuestMachine.Name)]
public sealed class ServiceTests
{
    // One output, one chip by its registers, one captured through the kernel's buffer with a setting that is written first, one that the agent tells the kernel of.
    private const string Configuration = """
        {"site":"lab","gateway":"pole","state":"/var/lib/iot-edge","mqtt":{"endpoint":"mqtt://127.0.0.1:1"},"sampling":{"pollMs":200},
        "board":{"kind":"linux","name":"pole","i2c":[{"chip":"lm75","bus":"SMBus stub driver","address":"0x48"}],"assets":[
        {"id":"light","kind":"flexible_load","sensors":[{"type":"digital-output","point":"state","initial":true,"safe":"off","line":{"chip":"cabinet","line":"1"}}]},
        {"id":"tank","kind":"tank","sensors":[{"type":"i2c-register","point":"level","unit":"%","bus":"SMBus stub driver","address":"0x50","register":"0x10","format":"s16be"}]},
        {"id":"room","kind":"room","sensors":[{"type":"hwmon","device":"lm75","channel":"temp1","point":"temperature_c"}]},
        {"id":"supply","kind":"supply","sensors":[{"type":"iio-capture","device":"ina226","samples":20,"attributes":{"in_allow_async_readout":"1"},"channels":[{"channel":"voltage1","point":"voltage_v"}]}]}
        ]}}
        """;

    // An emulated machine is slow.
    private const string Patience = """[Service]\nTimeoutStartSec=300\nTimeoutStopSec=120\nWatchdogSec=300\nRestartSec=100ms\n""";

    [SystemdFact]
    public async Task Unit_starts_as_its_user_reaches_its_devices_alone_reloads_comes_back_and_stops()
    {
        await using var guest = await SystemdGuest.StartAsync();
        Assert.Equal("disabled", (await guest.TryShellAsync("systemctl is-enabled iot-edge")).Output);
        await guest.ShellAsync($"mkdir -p /run/systemd/system/iot-edge.service.d && printf '{Patience}' >/run/systemd/system/iot-edge.service.d/slow.conf && systemctl daemon-reload");
        await using var chip = await SimulatedChip.PlugAsync(guest, "cabinet");
        await using var ina226 = await I2cChip.PlugAsync(guest, "ina226", 0x41, "ina2xx_adc", (0x02, 9600, true));
        await guest.ShellAsync("i2cset -f -y 0 0x48 0x00 0x0019 w; i2cset -f -y 0 0x50 0x10 0x2a00 w; udevadm settle");
        await guest.ShellAsync($"echo '{Configuration.ReplaceLineEndings("")}' >/etc/iot-edge/edge.json");

        // What the installer did as root before is no obstacle.
        await guest.ShellAsync("iot-edge points /etc/iot-edge/edge.json && test $(stat -c %U /var/lib/iot-edge/outbox/lock) = root");

        await guest.ShellAsync("systemctl start iot-edge");
        Assert.Equal("iot-edge", await guest.ShellAsync("stat -c %U /proc/$(systemctl show -P MainPID iot-edge)"));
        Assert.Equal("", await guest.ShellAsync("find /var/lib/iot-edge ! -user iot-edge"));
        await PointAsync(guest, "light/state", "1");
        Assert.True(await chip.ValueAsync(1));
        await PointAsync(guest, "tank/level", "42");
        await PointAsync(guest, "room/temperature_c", "25");
        await PointAsync(guest, "supply/voltage_v", "12");

        // NoNewPrivileges, a filter of system calls, no capability.
        var status = await guest.ShellAsync("cat /proc/$(systemctl show -P MainPID iot-edge)/status");
        Assert.Matches("NoNewPrivs:\\s1\nSeccomp:\\s2\n", status);
        Assert.Matches("CapEff:\\s0+\n", status);

        // Whoever is in its control group, were it root, opens these devices and no others.
        const string Within = "bash -c 'echo $$ >/sys/fs/cgroup/system.slice/iot-edge.service/cgroup.procs; exec 3<>/dev/";
        await guest.ShellAsync($"{Within}gpiochip0' && {Within}i2c-0'");
        Assert.Contains("Operation not permitted", (await guest.TryShellAsync($"{Within}ttyS0' 2>&1")).Output, StringComparison.Ordinal);

        await UntilAsync(guest, "[ $(systemctl show -P WatchdogTimestampMonotonic iot-edge) -gt $(systemctl show -P ActiveEnterTimestampMonotonic iot-edge) ]");
        Assert.Contains("executed", await guest.ShellAsync("iot-edge set light/state off"), StringComparison.Ordinal);
        Assert.False(await chip.ValueAsync(1));

        // Nothing moves when a changed file is taken, or refused.
        await guest.ShellAsync("sed -i 's/\"pollMs\":200/\"pollMs\":100/' /etc/iot-edge/edge.json && systemctl reload iot-edge");
        Assert.False(await chip.ValueAsync(1));
        await guest.ShellAsync("cp /etc/iot-edge/edge.json /tmp/right.json && sed -i 's/\"pollMs\":100/\"pollMs\":5/' /etc/iot-edge/edge.json");
        Assert.NotEqual(0, (await guest.TryShellAsync("systemctl reload iot-edge 2>&1")).Status);
        Assert.Contains("$.sampling.pollMs", await guest.ShellAsync("journalctl -u iot-edge --no-pager"), StringComparison.Ordinal);
        Assert.Equal("active", await guest.ShellAsync("systemctl is-active iot-edge"));
        await guest.ShellAsync("cp /tmp/right.json /etc/iot-edge/edge.json");

        await guest.ShellAsync("kill -9 $(systemctl show -P MainPID iot-edge)");
        await UntilAsync(guest, "[ $(systemctl show -P NRestarts iot-edge) = 1 ] && systemctl -q is-active iot-edge");
        await PointAsync(guest, "light/state", "1");
        Assert.True(await chip.ValueAsync(1));
        await guest.ShellAsync("systemctl stop iot-edge");
        Assert.Equal("success", await guest.ShellAsync("systemctl show -P Result iot-edge"));
        Assert.False(await chip.ValueAsync(1));
    }

    private static Task<string> PointAsync(SystemdGuest guest, string point, string value) =>
        UntilAsync(guest, $"iot-edge points /etc/iot-edge/edge.json | grep -q '^{point} *{value}\\b.* good'");

    private static Task<string> UntilAsync(SystemdGuest guest, string condition) =>
        guest.ShellAsync($"e=$((SECONDS+90)); until {condition}; do [ $SECONDS -lt $e ] || break; usleep 200000; done; {condition}");
}
