using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using IotTelemetry.Packaging.Tests.Support;

namespace IotTelemetry.Hardware.Qemu.Tests.Machine;

/// <summary>The kernel, its modules and the probe, made once and kept under <c>artifacts/qemu</c>, and the agent as its package installs it.</summary>
internal sealed partial record MachineFiles(string Folder, string Probe, string Package)
{
    private const string AgentPath = "usr/bin/iot-edge";
    private const string UnitPath = "usr/lib/systemd/system/iot-edge.service";

    private static readonly Lazy<(MachineFiles? Files, string? Missing)> Prepared = new(Prepare);

    private static readonly string[] OpenSslFolders = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64"];

    /// <summary>Why there is no test machine here; null when there is one.</summary>
    public static string? Missing => Prepared.Value.Missing;

    public static MachineFiles Ready => Prepared.Value.Files ?? throw new InvalidOperationException(Missing);

    public string Kernel => Path.Combine(Folder, "vmlinuz");

    public string Busybox => Path.Combine(Folder, "busybox");

    /// <summary>Packs the first file system: busybox, modules, the probe and the libraries it is linked with.</summary>
    public void WriteInitramfs(string path)
    {
        using var output = File.Create(path);
        var archive = Begin(output);
        archive.AddFile("probe", File.ReadAllBytes(Probe));
        foreach (var shipped in new[] { AgentPath, UnitPath })
        {
            archive.AddFile(shipped, File.ReadAllBytes(Path.Combine(Package, shipped)));
        }

        foreach (var library in LibraryPath().Matches(ChildProcess.Run("ldd", Probe, Path.Combine(Package, AgentPath)).Output).Select(m => m.Value).Distinct())
        {
            archive.AddFile(library[1..], File.ReadAllBytes(library));
        }

        // The agent's hashes and TLS are OpenSSL's, which .NET loads by name when it runs.
        foreach (var name in new[] { "libssl.so.3", "libcrypto.so.3" })
        {
            if (OpenSslFolders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists) is { } library)
            {
                archive.AddFile("usr/lib/x86_64-linux-gnu/" + name, File.ReadAllBytes(library));
            }
        }

        archive.End();
    }

    /// <summary>Packs a first file system that goes over to a whole one: a tar archive, whose systemd then runs the machine.</summary>
    public void WriteInitramfs(string path, string tar)
    {
        using var output = File.Create(path);
        var archive = Begin(output);
        archive.AddDirectory("new");
        archive.AddFile("system.tar", File.ReadAllBytes(tar));
        archive.End();
    }

    /// <summary>What every first file system has: busybox, the modules and who loads them.</summary>
    private CpioArchive Begin(Stream output)
    {
        var archive = new CpioArchive(output);
        foreach (var directory in new[] { "proc", "sys", "dev", "tmp", "var" })
        {
            archive.AddDirectory(directory);
        }

        archive.AddFile("bin/busybox", File.ReadAllBytes(Busybox));
        archive.AddFile("init", File.ReadAllBytes(Path.Combine(Metadata("MachineFolder"), "init")));
        archive.AddFile("lib/mod/order", File.ReadAllBytes(Path.Combine(Metadata("MachineFolder"), "modules")));
        foreach (var module in Directory.GetFiles(Path.Combine(Folder, "modules")))
        {
            archive.AddFile("lib/mod/" + Path.GetFileName(module), File.ReadAllBytes(module));
        }

        return archive;
    }

    private static (MachineFiles? Files, string? Missing) Prepare()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return (null, "no QEMU test machine: it needs Linux on x86-64");
        }

        var script = Path.Combine(Metadata("MachineFolder"), "prepare.sh");
        var recipe = Convert.ToHexString(SHA256.HashData([.. File.ReadAllBytes(script), .. File.ReadAllBytes(Path.Combine(Metadata("MachineFolder"), "modules"))]))[..12];
        var cache = Metadata("CacheFolder");
        var folder = Cached(cache, recipe);
        if (folder is null || !ChildProcess.OnPath("qemu-system-x86_64"))
        {
            if (!ChildProcess.OnPath("apt-get") || Environment.UserName != "root")
            {
                return (null, "no QEMU test machine: QEMU and a kernel are fetched by apt, which needs Debian and root");
            }

            var fresh = Path.Combine(cache, "new");
            var (status, output) = ChildProcess.Run("bash", script, fresh);
            if (status != 0)
            {
                return (null, $"no QEMU test machine: {script} ended with {status}: {output.TrimEnd().Split('\n')[^1]}");
            }

            folder = Path.Combine(cache, $"{File.ReadAllText(Path.Combine(fresh, "complete")).Split(' ')[0]}-{recipe}");
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.Move(fresh, folder);
        }

        var missing = PublishProbe(Metadata("ProbeProject"), Path.Combine(cache, "probe")) ?? AgentPackage.Missing;
        if (missing is not null)
        {
            return (null, missing);
        }

        var package = Path.Combine(cache, "package");
        if (Directory.Exists(package))
        {
            Directory.Delete(package, recursive: true);
        }

        AgentPackage.ExtractTo(package);
        return (new MachineFiles(folder, Path.Combine(cache, "probe", "IotTelemetry.Hardware.Probe"), package), null);
    }

    /// <summary>Builds the probe natively, unless it was built from the same sources; returns why it cannot be.</summary>
    private static string? PublishProbe(string project, string folder)
    {
        var stamp = Path.Combine(folder, "sources");
        var sources = SourcesHash(Path.GetDirectoryName(project)!, Metadata("HardwareFolder"));
        if (File.Exists(stamp) && File.ReadAllText(stamp) == sources)
        {
            return null;
        }

        var (status, output) = ChildProcess.Run("dotnet", "publish", project, "-c", "Release", "-r", "linux-x64", "-o", folder, "-v", "q", "-nologo");
        if (status == 0)
        {
            File.WriteAllText(stamp, sources);
            return null;
        }

        return output.Contains("error NU", StringComparison.Ordinal)
            ? "no QEMU test machine: the NativeAOT compiler's packages cannot be had"
            : throw new InvalidOperationException($"{project} does not build: {output}");
    }

    private static string SourcesHash(params ReadOnlySpan<string> folders)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var folder in folders)
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.cs*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file)));
                hash.AppendData(File.ReadAllBytes(file));
            }
        }

        return Convert.ToHexString(hash.GetCurrentHash());
    }

    private static string? Cached(string cache, string recipe) => !Directory.Exists(cache)
        ? null
        : Directory.GetDirectories(cache, "*-" + recipe).Where(d => File.Exists(Path.Combine(d, "complete"))).Order(StringComparer.Ordinal).LastOrDefault();

    public static string Metadata(string key) =>
        typeof(MachineFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    [GeneratedRegex(@"/\S+\.so\S*")]
    private static partial Regex LibraryPath();
}
