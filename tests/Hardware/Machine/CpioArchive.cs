using System.Globalization;
using System.Text;

namespace IotTelemetry.Hardware.Qemu.Tests.Machine;

/// <summary>Writes an initramfs: the "newc" format of the kernel's documentation (driver-api/early-userspace/buffer-format).</summary>
internal sealed class CpioArchive(Stream output)
{
    private const int Directory = 0x41ED; // drwxr-xr-x
    private const int Executable = 0x81ED; // -rwxr-xr-x
    private readonly HashSet<string> _directories = [];
    private int _inode = 1;

    public void AddDirectory(string path)
    {
        if (path.Length > 0 && _directories.Add(path))
        {
            AddDirectory(Path.GetDirectoryName(path) ?? "");
            Write(path, Directory, []);
        }
    }

    public void AddFile(string path, byte[] content)
    {
        AddDirectory(Path.GetDirectoryName(path) ?? "");
        Write(path, Executable, content);
    }

    public void End() => Write("TRAILER!!!", 0, []);

    private void Write(string path, int mode, byte[] content)
    {
        var name = Encoding.ASCII.GetBytes(path + "\0");
        int[] fields = [_inode++, mode, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, name.Length, 0];
        var header = Encoding.ASCII.GetBytes("070701" + string.Concat(fields.Select(f => f.ToString("X8", CultureInfo.InvariantCulture))));
        output.Write(header);
        output.Write(name);
        Pad(header.Length + name.Length);
        output.Write(content);
        Pad(content.Length);
    }

    private void Pad(int length) => output.Write(new byte[(4 - (length % 4)) % 4]);
}
