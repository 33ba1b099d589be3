using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace IotTelemetry.Packaging.Tests.Support;

/// <summary>The agent's Debian package, made as <c>./build.sh package --deb</c> makes it, whenever what it is made of has changed. Shared with the tests in the QEMU machine.</summary>
internal static class AgentPackage
{
    private static readonly string[] SourceFiles = ["build.cs", "global.json", "Directory.Build.props", "Directory.Packages.props"];
    private static readonly string[] SourceFolders = ["edge", "protocol", "hardware-docs"];
    private static readonly Lazy<(string? Path, string? Missing)> Prepared = new(Prepare);

    /// <summary>Why there is no package here; null when there is one.</summary>
    public static string? Missing => Prepared.Value.Missing;

    public static string Path => Prepared.Value.Path ?? throw new InvalidOperationException(Missing);

    public static string Repository => Metadata("Repository");

    public static string Artifacts => Metadata("Artifacts");

    /// <summary>Unpacks the package into a folder.</summary>
    public static void ExtractTo(string folder)
    {
        var (status, output) = ChildProcess.Run("dpkg-deb", "-x", Path, folder);
        if (status != 0)
        {
            throw new InvalidOperationException($"{Path} cannot be unpacked: {output}");
        }
    }

    private static (string? Path, string? Missing) Prepare()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || !ChildProcess.OnPath("dpkg-deb"))
        {
            return (null, "no Debian package: it is made on Linux on x86-64 by dpkg-deb");
        }

        return Alone(() => Make(Directory.CreateDirectory(Artifacts).FullName));
    }

    /// <summary>Does what two test projects want and one has to make: one after the other, whatever their processes.</summary>
    public static T Alone<T>(Func<T> make)
    {
        using var gate = new Mutex(false, "iot-edge-package-" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(System.IO.Path.GetFullPath(Artifacts))))[..16]);
        gate.WaitOne();
        try
        {
            return make();
        }
        finally
        {
            gate.ReleaseMutex();
        }
    }

    private static (string? Path, string? Missing) Make(string artifacts)
    {
        var stamp = System.IO.Path.Combine(artifacts, "package", "deb.sources");
        var sources = SourcesHash();
        var made = Directory.GetFiles(artifacts, "iot-edge_*_amd64.deb");
        if (made.Length == 1 && File.Exists(stamp) && File.ReadAllText(stamp) == sources)
        {
            return (made[0], null);
        }

        Array.ForEach(made, File.Delete);
        var (status, output) = ChildProcess.Run("dotnet", "run", "--file", System.IO.Path.Combine(Repository, "build.cs"), "--", "package", "--deb");
        made = Directory.GetFiles(artifacts, "iot-edge_*_amd64.deb");
        if (status == 0 && made.Length == 1)
        {
            File.WriteAllText(stamp, sources);
            return (made[0], null);
        }

        return output.Contains("error NU", StringComparison.Ordinal)
            ? (null, "no Debian package: the NativeAOT compiler's packages cannot be had")
            : throw new InvalidOperationException($"./build.sh package --deb ended with {status}: {output}");
    }

    private static string SourcesHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in SourceFiles.Select(f => System.IO.Path.Combine(Repository, f))
            .Concat(SourceFolders.SelectMany(f => Directory.EnumerateFiles(System.IO.Path.Combine(Repository, f), "*", SearchOption.AllDirectories)))
            .Where(f => !f.EndsWith(".md", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(System.IO.Path.GetRelativePath(Repository, file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string Metadata(string key) =>
        typeof(AgentPackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
