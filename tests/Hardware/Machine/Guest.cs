using System.Diagnostics;
using System.Net.Sockets;

namespace IotTelemetry.Hardware.Qemu.Tests.Machine;

/// <summary>A running machine: a real kernel with simulated chips, and a shell in it.</summary>
public class Guest : IAsyncLifetime
{
    private static readonly TimeSpan BootTimeOut = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan CommandTimeOut = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("iot-guest-").FullName;
    private Process? _process;
    private Port? _control;

    private protected virtual string MemoryMegabytes => "256";

    public async Task InitializeAsync()
    {
        if (MachineFiles.Missing is not null)
        {
            // Every test is skipped; the fixture is made all the same.
            return;
        }

        var files = MachineFiles.Ready;
        var initramfs = Path.Combine(_folder, "initrd");
        WriteInitramfs(files, initramfs);

        // "timeout" ends the machine even when this process is killed.
        _process = Process.Start(new ProcessStartInfo("timeout", [
            "-k", "1", "600", "qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-M", "q35", "-m", MemoryMegabytes, "-nodefaults", "-no-reboot", "-display", "none",
            "-kernel", files.Kernel, "-initrd", initramfs, "-append", "console=ttyS0 quiet panic=-1",
            "-serial", "file:" + Path.Combine(_folder, "console"),
            "-netdev", "user,id=n", "-device", "virtio-net-pci,netdev=n,romfile=",
            "-device", "virtio-serial-pci",
            "-chardev", $"socket,id=control,path={Path.Combine(_folder, "control")},server=on,wait=off", "-device", "virtserialport,chardev=control,name=control",
            "-chardev", $"socket,id=probe,path={Path.Combine(_folder, "probe")},server=on,wait=off", "-device", "virtserialport,chardev=probe,name=probe",
        ]))!;
        _control = await ConnectAsync("control");
        Probe = await ConnectAsync("probe");
        try
        {
            await _control.WaitAsync(line => line == "READY", BootTimeOut);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException("the machine did not boot: " + await File.ReadAllTextAsync(Path.Combine(_folder, "console")));
        }
    }

    /// <summary>The line to the probe's standard input and output.</summary>
    internal Port Probe { get; private set; } = null!;

    /// <summary>Runs a command in the machine's shell and returns what it wrote; a status other than 0 is an error.</summary>
    public async Task<string> ShellAsync(string command)
    {
        var (status, output) = await TryShellAsync(command);
        return status == 0 ? output : throw new InvalidOperationException($"'{command}' ended with {status}: {output}");
    }

    public async Task<(int Status, string Output)> TryShellAsync(string command)
    {
        var from = _control!.Mark();
        await _control.SendAsync(command);
        var end = await _control.WaitAsync(line => line.StartsWith('='), CommandTimeOut, from);
        var lines = _control.Since(from);
        return (int.Parse(end.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture), string.Join('\n', lines.Take(lines.Count - 1)));
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await EndAsync(_process);
            _process.Dispose();
            _control?.Dispose();
            Probe?.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private protected virtual void WriteInitramfs(MachineFiles files, string path) => files.WriteInitramfs(path);

    private async Task EndAsync(Process process)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            // The machine ends by itself, so that "timeout" sees its child off and leaves no zombie.
            await (_control?.SendAsync("poweroff -f") ?? Task.CompletedTask);
            await process.WaitForExitAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private async Task<Port> ConnectAsync(string name)
    {
        var end = new UnixDomainSocketEndPoint(Path.Combine(_folder, name));
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(end);
                return new Port(new NetworkStream(socket, ownsSocket: true));
            }
            catch (SocketException) when (clock.Elapsed < TimeSpan.FromSeconds(10) && !_process!.HasExited)
            {
                // QEMU has not made its socket yet, and tells nobody when it has.
                socket.Dispose();
                await Task.Delay(20);
            }
        }
    }
}
