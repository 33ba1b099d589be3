using System.Diagnostics;
using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>Sensors that are lines and timing.</summary>
[Collection(GuestMachine.Name)]
public sealed class FieldDeviceTests(Guest guest)
{
    private const string Meter = """{"name":"t","stateDirectory":"/tmp/totals","assets":[{"id":"m","kind":"meter","sensors":[{"type":"pulse-meter","pulsesPerKilowattHour":1000,"line":{"chip":"field","line":"0"}}]}]}""";

    [GuestFact]
    public async Task Pulse_total_survives_a_kill_and_counts_on()
    {
        await guest.ShellAsync("rm -rf /tmp/totals");
        await using var chip = await SimulatedChip.PlugAsync(guest, "field");
        await using (var probe = await ProbeSession.StartAsync(guest, Meter))
        {
            await WaitForLinesAsync(probe);
            await PulseAsync(chip, 20);
            Assert.Equal(20, await TotalAsync(probe, 20));
            Assert.True((await probe.ReadAsync("m/power_w")).Value > 0);
            await probe.KillAsync();
        }

        await using var again = await ProbeSession.StartAsync(guest, Meter);
        await WaitForLinesAsync(again);
        Assert.Equal(20, (await again.ReadAsync("m/energy_wh")).Value);
        await PulseAsync(chip, 5);
        Assert.Equal(25, await TotalAsync(again, 25));
    }

    [GuestFact]
    public async Task Pulses_whose_edges_the_kernel_dropped_are_counted_all_the_same()
    {
        await guest.ShellAsync("rm -rf /tmp/totals");
        await using var chip = await SimulatedChip.PlugAsync(guest, "field");

        // The stalling sink belongs to a second line of the same loop, whose kernel buffer is as small.
        var board = Meter.Replace("\"assets\":[", "\"eventBufferSize\":16,\"assets\":[{\"id\":\"b\",\"kind\":\"k\",\"sensors\":[{\"type\":\"digital-input\",\"point\":\"p\",\"line\":{\"chip\":\"field\",\"line\":\"1\"}}]},", StringComparison.Ordinal);
        await using var probe = await ProbeSession.StartAsync(guest, board);
        await WaitForLinesAsync(probe);
        await probe.AskAsync("stall 1500");
        await chip.PullAsync(1, up: true);
        await PulseAsync(chip, 200);
        Assert.Equal(200, await TotalAsync(probe, 200));
        Assert.True((await probe.CountersAsync())[1] > 0);
    }

    [GuestFact]
    public async Task Ultrasonic_sensor_measures_the_echo_by_kernel_timestamps_and_reports_when_none_comes()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "field");
        await using var probe = await ProbeSession.StartAsync(guest, """{"name":"t","assets":[{"id":"bay","kind":"parking_bay","sensors":[{"type":"ultrasonic","point":"distance_mm","maximum":100000,"median":1,"intervalMs":500,"trigger":{"chip":"field","line":"2"},"echo":{"chip":"field","line":"3"}}]}]}""");
        await probe.HeardAsync("value bay/distance_mm 0 Bad");

        // Echoes one after the other, of 10 ms as the guest's clock goes: under emulation more, never less; one begins within a measurement sooner or later.
        var from = probe.Now();
        await guest.ShellAsync($"(for i in $(seq 1 200); do echo pull-up >{chip.Attribute(3, "pull")}; usleep 10000; echo pull-down >{chip.Attribute(3, "pull")}; usleep 3000; done) >/dev/null 2>&1 & echo $! >/tmp/echoes");
        await probe.HeardAsync("value bay/distance_mm ", from);
        var distance = ProbeValue.Parse(await guest.Probe.WaitAsync(l => l.StartsWith("value bay/distance_mm ", StringComparison.Ordinal) && l.Contains(" Good ", StringComparison.Ordinal), TimeSpan.FromSeconds(20), from));
        Assert.InRange(distance.Value, 343.0 * 10 / 2, 343.0 * 60 / 2);
        await guest.ShellAsync("kill $(cat /tmp/echoes); while [ -d /proc/$(cat /tmp/echoes) ]; do usleep 5000; done");
    }

    private static Task<string> WaitForLinesAsync(ProbeSession probe) => probe.LoggedAsync("lines of gpiochip");

    private static async Task<double> TotalAsync(ProbeSession probe, double wanted)
    {
        // Edges are on their way through the kernel; the total is asked for until it is there or clearly will not come.
        var total = 0.0;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(15) && total < wanted;)
        {
            total = (await probe.ReadAsync("m/energy_wh")).Value;
        }

        return total;
    }

    private async Task PulseAsync(SimulatedChip chip, int pulses) => await guest.ShellAsync(
        $"i=0; while [ $i -lt {pulses} ]; do echo pull-up >{chip.Attribute(0, "pull")}; echo pull-down >{chip.Attribute(0, "pull")}; i=$((i+1)); done");
}
