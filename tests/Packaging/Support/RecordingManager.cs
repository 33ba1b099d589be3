namespace IotTelemetry.Packaging.Tests.Support;

/// <summary>
/// A clean Debian whose service manager and udev seem to run: what the package's scripts ask of them is written down. Enabling is done by the real systemctl, which needs no manager for that.
/// </summary>
internal sealed class RecordingManager
{
    private const string Calling = "/run/calls";
    private const string Running = "/run/iot-edge-runs";

    private readonly DebianRoot _debian;

    public RecordingManager(DebianRoot debian)
    {
        _debian = debian;
        debian.Shell("mkdir -p /run/systemd/system /run/udev");

        // Before the real ones in the path.
        Put("systemctl", $"case \"$*\" in *is-active*) exec test -e {Running} ;; *stop*) rm -f {Running} ;; *enable*) exec /usr/bin/systemctl --root=/ \"$@\" ;; esac");
        Put("modprobe", "");
        Put("udevadm", "");
    }

    /// <summary>From now on the agent counts as running.</summary>
    public void Start() => _debian.Shell($"touch {Running}");

    /// <summary>What was called since the last time, one call a line.</summary>
    public string Calls() => _debian.Shell($"cat {Calling}; rm {Calling}");

    private void Put(string program, string more)
    {
        var file = "/usr/local/sbin/" + program;
        File.WriteAllText(_debian.Folder + file, $"#!/bin/sh\necho \"{program} $*\" >>{Calling}\n{more}\n");
        _debian.Shell($"chmod 755 {file}");
    }
}
