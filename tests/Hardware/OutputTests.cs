using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>Outputs, and contactors whose contacts the test plays.</summary>
[Collection(GuestMachine.Name)]
public sealed class OutputTests(Guest guest)
{
    private const string Lamp = """{"name":"t","assets":[{"id":"lamp","kind":"flexible_load","sensors":[{"type":"digital-output","point":"state","initial":INITIAL,"safe":"SAFE","line":{"chip":"outputs","line":"outputs-0"}}]}]}""";
    private const string Load = """{"name":"t","assets":[{"id":"load","kind":"flexible_load","sensors":[{"type":"contactor","travelTimeMs":300,"coil":{"chip":"outputs","line":"0"},"normallyOpen":{"chip":"outputs","line":"1"},"normallyClosed":{"chip":"outputs","line":"2"}}]}]}""";

    [GuestFact]
    public async Task Output_has_its_initial_value_when_requested_follows_commands_and_is_safe_after_a_clean_end()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "outputs");
        await chip.PullAsync(0, up: false);
        await using var probe = await ProbeSession.StartAsync(guest, Board(initial: "true", safe: "off"));
        await probe.ValueAsync("lamp/state", 1);
        Assert.True(await chip.ValueAsync(0));

        Assert.Equal("ok", await probe.AskAsync("set lamp/state 0"));
        Assert.False(await chip.ValueAsync(0));
        Assert.Equal("ok", await probe.AskAsync("set lamp/state 1"));
        Assert.True(await chip.ValueAsync(0));

        await probe.QuitAsync();
        Assert.False(await chip.ValueAsync(0));
    }

    [GuestFact]
    public async Task Output_of_a_chip_that_frees_its_pins_falls_back_to_the_pull_resistor_when_the_agent_is_killed()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "outputs");
        await chip.PullAsync(0, up: false);
        await using var probe = await ProbeSession.StartAsync(guest, Board(initial: "false", safe: "off"));
        await probe.ValueAsync("lamp/state", 0);
        await probe.AskAsync("set lamp/state 1");
        Assert.True(await chip.ValueAsync(0));

        // The kernel closes the request; gpio-sim then lets the pull decide, as a pin that becomes an input does.
        await probe.KillAsync();
        Assert.False(await chip.ValueAsync(0));
    }

    [GuestFact]
    public async Task Output_of_an_expander_keeps_its_level_after_a_kill_until_safe_is_run()
    {
        // PCA9555: output port 1 is register 3, and nothing but a write changes it.
        await using var chip = await I2cChip.PlugAsync(guest, "pca9555", 0x20, null, (0x02, 0x0000, true));
        await using var probe = await ProbeSession.StartAsync(guest, Lamp.Replace("\"outputs\"", "\"0-0020\"", StringComparison.Ordinal).Replace("outputs-0", "8", StringComparison.Ordinal)
            .Replace("INITIAL", "false", StringComparison.Ordinal).Replace("SAFE", "off", StringComparison.Ordinal));
        await probe.ValueAsync("lamp/state", 0);
        await probe.AskAsync("set lamp/state 1");
        await probe.KillAsync();
        Assert.Equal("0x01", await guest.ShellAsync("i2cget -f -y 0 0x20 0x03 b"));

        await guest.ShellAsync("/probe /tmp/board.json safe");
        Assert.Equal("0x00", await guest.ShellAsync("i2cget -f -y 0 0x20 0x03 b"));
    }

    [GuestFact]
    public async Task Output_cannot_be_set_while_its_chip_is_gone_and_begins_anew_when_it_is_back()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "outputs");
        await using var probe = await ProbeSession.StartAsync(guest, Board(initial: "false", safe: "off"));
        await probe.ValueAsync("lamp/state", 0);
        await probe.AskAsync("set lamp/state 1");
        await chip.UnplugAsync();
        await probe.ValueAsync("lamp/state", 1, "Bad");
        Assert.Contains("error output lamp/state cannot be set: ", await probe.AskAsync("set lamp/state 0"), StringComparison.Ordinal);

        var from = probe.Now();
        await chip.ReplugAsync();
        await probe.ValueAsync("lamp/state", 0, from: from);
        Assert.False(await chip.ValueAsync(0));
    }

    [GuestFact]
    public async Task Contactor_whose_contacts_follow_is_closed_without_a_fault()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "outputs");
        await using var probe = await OpenContactorAsync(chip);
        var from = probe.Now();
        await guest.ShellAsync($"(while [ $(cat {chip.Attribute(0, "value")}) = 0 ]; do usleep 2000; done; {Contacts(chip, closed: true)}) & echo");
        await probe.AskAsync("set load/state 1");
        await probe.ValueAsync("load/closed", 1, from: from);

        Assert.DoesNotContain(probe.Values("load/fault", from), v => v.Value == 1);
    }

    [GuestFact]
    public async Task Contactor_that_does_not_follow_is_a_fault_until_it_follows_late()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "outputs");
        await using var probe = await OpenContactorAsync(chip);
        var from = probe.Now();
        await probe.AskAsync("set load/state 1");
        await probe.ValueAsync("load/fault", 1, from: from);
        await probe.LoggedAsync("load/state: commanded closed, contacts stay open", from);

        from = probe.Now();
        await guest.ShellAsync(Contacts(chip, closed: true));
        await probe.ValueAsync("load/closed", 1, from: from);
        await probe.ValueAsync("load/fault", 0, from: from);
    }

    [GuestFact]
    public async Task Contactor_whose_contacts_contradict_each_other_is_a_fault_with_a_doubtful_position()
    {
        await using var chip = await SimulatedChip.PlugAsync(guest, "outputs");
        await using var probe = await OpenContactorAsync(chip);
        var from = probe.Now();
        await chip.PullAsync(2, up: false);
        await probe.ValueAsync("load/fault", 1, from: from);
        await probe.ValueAsync("load/closed", 0, "Uncertain", from);
        await probe.LoggedAsync("both auxiliary contacts are open", from);
    }

    private static string Board(string initial, string safe) => Lamp.Replace("INITIAL", initial, StringComparison.Ordinal).Replace("SAFE", safe, StringComparison.Ordinal);

    private static string Contacts(SimulatedChip chip, bool closed) =>
        $"echo pull-{(closed ? "down" : "up")} >{chip.Attribute(2, "pull")}; echo pull-{(closed ? "up" : "down")} >{chip.Attribute(1, "pull")}";

    private async Task<ProbeSession> OpenContactorAsync(SimulatedChip chip)
    {
        await guest.ShellAsync(Contacts(chip, closed: false));
        var probe = await ProbeSession.StartAsync(guest, Load);
        await probe.ValueAsync("load/fault", 0);
        return probe;
    }
}
