using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>A chip of the kernel's gpio-sim, plugged in and out at will.</summary>
internal sealed class SimulatedChip : IAsyncDisposable
{
    private readonly Guest _guest;
    private readonly string _directory;

    private SimulatedChip(Guest guest, string label)
    {
        _guest = guest;
        Label = label;
        _directory = "/sys/kernel/config/gpio-sim/" + label;
    }

    public string Label { get; }

    public static async Task<SimulatedChip> PlugAsync(Guest guest, string label, int lines = 8)
    {
        var chip = new SimulatedChip(guest, label);
        await guest.ShellAsync($"mkdir -p {chip._directory}/bank0 && echo {lines} >{chip._directory}/bank0/num_lines && echo {label} >{chip._directory}/bank0/label");
        await guest.ShellAsync($"mkdir -p {chip._directory}/bank0/line0 && echo {label}-0 >{chip._directory}/bank0/line0/name");
        await chip.ReplugAsync();
        return chip;
    }

    public Task UnplugAsync() => _guest.ShellAsync($"echo 0 >{_directory}/live");

    public Task ReplugAsync() => _guest.ShellAsync($"echo 1 >{_directory}/live && export {Label}=/sys/devices/platform/$(cat {_directory}/dev_name)/$(cat {_directory}/bank0/chip_name)");

    /// <summary>The shell's name of a line's attribute.</summary>
    public string Attribute(int line, string name) => $"${Label}/sim_gpio{line}/{name}";

    public Task PullAsync(int line, bool up) => _guest.ShellAsync($"echo pull-{(up ? "up" : "down")} >{Attribute(line, "pull")}");

    public async Task<bool> ValueAsync(int line) => await _guest.ShellAsync($"cat {Attribute(line, "value")}") == "1";

    public async ValueTask DisposeAsync() => await _guest.ShellAsync($"echo 0 >{_directory}/live; rmdir {_directory}/bank0/line0 {_directory}/bank0 {_directory}");
}
