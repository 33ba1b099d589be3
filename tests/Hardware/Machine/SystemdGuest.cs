using IotTelemetry.Packaging.Tests.Support;

namespace IotTelemetry.Hardware.Qemu.Tests.Machine;

/// <summary>A machine with a whole Debian that systemd runs, the agent's package installed; the same kernel, chips and shell as the smaller one.</summary>
public sealed class SystemdGuest : Guest, IAsyncDisposable
{
    /// <summary>What the shell's commands need besides Debian's own; behind them in the path.</summary>
    private const string Applets = "/usr/local/lib/busybox";

    // The port's device file comes when udev has seen it.
    private const string Shell = $"""
        [Unit]
        After=multi-user.target
        StartLimitIntervalSec=0

        [Service]
        Restart=always
        Environment=PATH=/usr/sbin:/usr/bin:/sbin:/bin:{Applets}
        ExecStart=/bin/bash -c 'exec <>/dev/virtio-ports/control >&0 2>&1; echo READY; while read -r line; do eval "$line"; echo "=$?"; done'

        [Install]
        WantedBy=multi-user.target
        """;

    /// <summary>What nobody needs here, and an emulated machine takes seconds for.</summary>
    private static readonly string[] Idle = ["timers.target", "getty.target", "serial-getty@ttyS0.service", "e2scrub_reap.service", "systemd-update-utmp.service", "systemd-logind.service", "systemd-random-seed.service"];

    private static readonly string[] LeftOut = ["./usr/share/perl*", "./usr/share/man", "./usr/share/zoneinfo", "./usr/lib/x86_64-linux-gnu/perl*", "./usr/lib/x86_64-linux-gnu/gconv", "./usr/lib/udev/hwdb*", "./var/lib/apt", "./var/cache"];

    private protected override string MemoryMegabytes => "768";

    public static async Task<SystemdGuest> StartAsync()
    {
        var guest = new SystemdGuest();
        try
        {
            await guest.InitializeAsync();
            return guest;
        }
        catch
        {
            await guest.DisposeAsync();
            throw;
        }
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private protected override void WriteInitramfs(MachineFiles files, string path)
    {
        using var debian = new DebianRoot();
        debian.Shell("dpkg -i " + debian.Bring(AgentPackage.Path));
        debian.Shell($"mkdir -p {Applets} && mv {debian.Bring(files.Busybox)} {Applets}/busybox && {Applets}/busybox --install -s {Applets}");
        File.WriteAllText(debian.Folder + "/etc/systemd/system/shell.service", Shell);
        debian.Shell($"systemctl enable shell.service 2>&1 && systemctl mask {string.Join(' ', Idle)} 2>&1");
        var tar = path + ".tar";
        var (status, output) = ChildProcess.Run("tar", ["-C", debian.Folder, .. LeftOut.Select(l => "--exclude=" + l), "-cf", tar, "."]);
        if (status != 0)
        {
            throw new InvalidOperationException($"{tar} cannot be packed: {output}");
        }

        files.WriteInitramfs(path, tar);
    }
}
