using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>The board against the kernel's GPIO character device.</summary>
[Collection(GuestMachine.Name)]
public sealed class GpioTests(Guest guest)
{
    private const string Input = """{"name":"t","EXTRA"assets":[{"id":"bay","kind":"parking_bay","sensors":[{"type":"digital-input","point":"occupied","line":{"chip":"inputs","line":"LINE""MORE"}}]}]}""";

    [GuestFact]
    public async Task Thousand_edges_in_a_burst_arrive_in_order_and_none_is_lost()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "inputs");
        await using var probe = await ProbeSession.StartAsync(guest, Board("inputs-0"));
        await probe.ValueAsync("bay/occupied", 0);
        var from = probe.Now();

        // The sink sleeps, so that the kernel must hold the burst.
        await probe.AskAsync("stall 1500");
        await Toggle(chip, 500);
        await probe.ValueAsync("bay/occupied", 0, from: from);
        long[] counters;
        do
        {
            counters = await probe.CountersAsync();
        }
        while (counters[0] < 1000);

        var values = probe.Values("bay/occupied", from);
        Assert.Equal(1000, counters[0]);
        Assert.Equal(0, counters[1]);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? 1.0 : 0.0), values.Select(v => v.Value));
        Assert.All(values, v => Assert.Equal("Good", v.Quality));
        Assert.Equal(values.Select(v => v.TimestampMs).Order(), values.Select(v => v.TimestampMs));
    }

    [GuestFact]
    public async Task Loss_is_counted_when_the_kernel_buffer_is_too_small()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "inputs");
        await using var probe = await ProbeSession.StartAsync(guest, Board("0", extra: "\"eventBufferSize\":16,"));
        await probe.ValueAsync("bay/occupied", 0);
        await probe.AskAsync("stall 1500");
        await Toggle(chip, 100);
        await probe.LoggedAsync("were lost");
        long[] counters;
        do
        {
            counters = await probe.CountersAsync();
        }
        while (counters[0] + counters[1] < 200);

        Assert.Equal(200, counters[0] + counters[1]);
        Assert.InRange(counters[1], 1, 199);
        Assert.Contains(probe.Values("bay/occupied"), v => v.Quality == "Uncertain");
    }

    [GuestFact]
    public async Task Debounce_swallows_a_burst_and_reports_where_it_settles()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "inputs");
        await using var probe = await ProbeSession.StartAsync(guest, Board("0", more: ",\"debounceMs\":200"));
        await probe.ValueAsync("bay/occupied", 0);
        await Toggle(chip, 9, last: "up");
        await probe.ValueAsync("bay/occupied", 1);

        Assert.Equal([0.0, 1.0], probe.Values("bay/occupied").Select(v => v.Value));
    }

    [GuestFact]
    public async Task Active_low_input_with_the_realtime_clock_reads_inverted_and_stamps_with_the_time_of_day()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "inputs");
        await using var probe = await ProbeSession.StartAsync(guest, Board("0", extra: "\"eventClock\":\"realtime\",", more: ",\"activeLow\":true,\"bias\":\"pull-up\""));
        await probe.ValueAsync("bay/occupied", 0);
        await chip.PullAsync(0, up: false);
        var value = await probe.ValueAsync("bay/occupied", 1);
        var now = long.Parse(await guest.ShellAsync("date +%s"), System.Globalization.CultureInfo.InvariantCulture) * 1000;

        Assert.InRange(value.TimestampMs, now - 10_000, now + 1_000);
    }

    [GuestFact]
    public async Task Chip_that_is_removed_and_returned_is_taken_again_by_its_label()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "inputs");
        await using var probe = await ProbeSession.StartAsync(guest, Board("inputs-0"));
        await probe.ValueAsync("bay/occupied", 0);

        await chip.UnplugAsync();
        await probe.ValueAsync("bay/occupied", 0, "Bad");
        Assert.Contains("ENODEV 19", await probe.LoggedAsync("bay/occupied has no line"), StringComparison.Ordinal);

        // Another chip takes the number that is free now.
        await using var other = await SimulatedChip.PlugAsync(guest, "other");
        await chip.ReplugAsync();
        var from = probe.Now();
        await probe.ValueAsync("bay/occupied", 0, from: from);
        await chip.PullAsync(0, up: true);
        await probe.ValueAsync("bay/occupied", 1, from: from);
    }

    [GuestFact]
    public async Task Busy_line_names_its_holder_and_is_taken_once_free_while_the_others_work()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "inputs");
        await guest.ShellAsync("mkdir /sys/kernel/config/gpio-sim/x 2>/dev/null; rmdir /sys/kernel/config/gpio-sim/x");
        var two = """{"name":"t","assets":[{"id":"a","kind":"k","sensors":[{"type":"digital-input","point":"p","line":{"chip":"inputs","line":"1"}},{"type":"digital-input","point":"q","line":{"chip":"inputs","line":"2"}}]}]}""";
        await guest.ShellAsync($"echo '{two.Replace("\"2\"", "\"3\"", StringComparison.Ordinal).Replace("\"t\"", "\"holder\",\"consumer\":\"holder\"", StringComparison.Ordinal)}' >/tmp/holder.json");
        await guest.ShellAsync("(sleep 60 | /probe /tmp/holder.json >/tmp/holder.out 2>&1) & echo; for i in 1 2 3 4 5 6 7 8 9 10; do grep -q 'value a/q' /tmp/holder.out && break; sleep 1; done; grep 'value a/q' /tmp/holder.out");

        await using var probe = await ProbeSession.StartAsync(guest, two);
        await probe.ValueAsync("a/q", 0);
        var refusal = await probe.LoggedAsync("a/p has no line");
        Assert.Contains("line 1 of gpiochip", refusal, StringComparison.Ordinal);
        Assert.Contains("'inputs' as 'iot-edge' failed: EBUSY 16", refusal, StringComparison.Ordinal);
        Assert.Contains("line 1 is held by 'holder'", refusal, StringComparison.Ordinal);

        await guest.ShellAsync("kill -9 $(pidof probe | tr ' ' '\\n' | grep -v \"^$(cat /tmp/pid)$\")");
        await probe.ValueAsync("a/p", 0);
    }

    [GuestFact]
    public async Task Missing_line_names_chip_and_range()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "inputs");
        await using var probe = await ProbeSession.StartAsync(guest, Board("99"));
        var refusal = await probe.LoggedAsync("has no line");

        Assert.Contains("finding line '99' of gpiochip", refusal, StringComparison.Ordinal);
        Assert.Contains("offsets are 0 to 7", refusal, StringComparison.Ordinal);
    }

    private static string Board(string line, string extra = "", string more = "") => Input.Replace("\"EXTRA\"", extra + "\"", StringComparison.Ordinal)
        .Replace("LINE\"\"MORE\"", line + "\"" + more, StringComparison.Ordinal);

    private async Task Toggle(SimulatedChip chip, int pulses, string last = "down") => await guest.ShellAsync(
        $"i=0; while [ $i -lt {pulses} ]; do echo pull-up >{chip.Attribute(0, "pull")}; echo pull-down >{chip.Attribute(0, "pull")}; i=$((i+1)); done; echo pull-{last} >{chip.Attribute(0, "pull")}");
}
