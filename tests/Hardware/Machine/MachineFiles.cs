using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IotTelemetry.Hardware.Qemu.Tests.Machine;

/// <summary>The kernel, its modules and the probe, made once and kept under <c>artifacts/qemu</c>.</summary>
internal sealed partial record MachineFiles(string Folder, string Probe, string Agent)
{
    private static readonly Lazy<(MachineFiles? Files, string? Missing)> Prepared = new(Prepare);

    private static readonly string[] OpenSslFolders = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64"];

    /// <summary>Why there is no test machine here; null when there is one.</summary>
    public static string? Missing => Prepared.Value.Missing;

    public static MachineFiles Ready => Prepared.Value.Files ?? throw new InvalidOperationException(Missing);

    public string Kernel => Path.Combine(Folder, "vmlinuz");

    /// <summary>Packs the first file system: busybox, modules, the probe and the libraries it is linked with.</summary>
    public void WriteInitramfs(string path)
    {
        using var output = File.Create(path);
        var archive = new CpioArchive(output);
        foreach (var directory in new[] { "proc", "sys", "dev", "tmp", "var" })
        {
            archive.AddDirectory(directory);
        }

        archive.AddFile("bin/busybox", File.ReadAllBytes(Path.Combine(Folder, "busybox")));
        archive.AddFile("init", File.ReadAllBytes(Path.Combine(Metadata("MachineFolder"), "init")));
        archive.AddFile("lib/mod/order", File.ReadAllBytes(Path.Combine(Metadata("MachineFolder"), "modules")));
        foreach (var module in Directory.GetFiles(Path.Combine(Folder, "modules")))
        {
            archive.AddFile("lib/mod/" + Path.GetFileName(module), File.ReadAllBytes(module));
        }

        archive.AddFile("probe", File.ReadAllBytes(Probe));
        archive.AddFile("iot-edge", File.ReadAllBytes(Agent));
        foreach (var library in LibraryPath().Matches(Run("ldd", [Probe, Agent]).Output).Select(m => m.Value).Distinct())
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
        if (folder is null || !OnPath("qemu-system-x86_64"))
        {
            if (!OnPath("apt-get") || Environment.UserName != "root")
            {
                return (null, "no QEMU test machine: QEMU and a kernel are fetched by apt, which needs Debian and root");
            }

            var fresh = Path.Combine(cache, "new");
            var (status, output) = Run("bash", [script, fresh]);
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

        var missing = Publish(Metadata("ProbeProject"), Path.Combine(cache, "probe"), [], Path.GetDirectoryName(Metadata("ProbeProject"))!, Metadata("HardwareFolder"))
            ?? Publish(
                Metadata("AgentProject"),
                Path.Combine(cache, "agent"),
                ["-f", "net9.0", "-p:TargetFrameworks=net9.0", "-p:PublishAot=true", "-p:ArtifactsPath=" + Path.Combine(cache, "agent-build")],
                Path.GetDirectoryName(Metadata("AgentProject"))!,
                Metadata("HardwareFolder"),
                Metadata("ProtocolFolder"));
        return missing is null
            ? (new MachineFiles(folder, Path.Combine(cache, "probe", "IotTelemetry.Hardware.Probe"), Path.Combine(cache, "agent", "iot-edge")), null)
            : (null, missing);
    }

    /// <summary>Builds a native binary as it is packaged, unless it was built from the same sources; returns why it cannot be.</summary>
    private static string? Publish(string project, string folder, string[] arguments, params ReadOnlySpan<string> sourceFolders)
    {
        var stamp = Path.Combine(folder, "sources");
        var sources = SourcesHash(sourceFolders);
        if (File.Exists(stamp) && File.ReadAllText(stamp) == sources)
        {
            return null;
        }

        var (status, output) = Run("dotnet", ["publish", project, "-c", "Release", "-r", "linux-x64", "-o", folder, "-v", "q", "-nologo", .. arguments]);
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

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, program)));

    private static (int Status, string Output) Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // The test host's own settings would lead MSBuild astray.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k == "DOTNET_HOST_PATH").ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        var gate = new Lock();
        void Keep(object sender, DataReceivedEventArgs e)
        {
            lock (gate)
            {
                output.AppendLine(e.Data);
            }
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return (process.ExitCode, output.ToString());
    }

    public static string Metadata(string key) =>
        typeof(MachineFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    [GeneratedRegex(@"/\S+\.so\S*")]
    private static partial Regex LibraryPath();
}
