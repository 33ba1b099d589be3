namespace IotTelemetry.Packaging.Tests.Support;

/// <summary>
/// A clean Debian (its smallest variant, with systemd and udev as files, none of it running) that is entered by chroot. Made once by debootstrap from Debian's mirror and kept under <c>artifacts/debian</c>;
/// every test has a copy of its own.
/// </summary>
internal sealed class DebianRoot : IDisposable
{
    private const string Suite = "bookworm";
    private static readonly Lazy<(string? Archive, string? Missing)> Prepared = new(() => AgentPackage.Alone(Prepare));

    public DebianRoot()
    {
        Folder = Directory.CreateTempSubdirectory("iot-debian-").FullName;
        Host("tar", "-C", Folder, "-xf", Prepared.Value.Archive ?? throw new InvalidOperationException(Missing));

        // A temporary folder is its owner's alone; as the root of a system it is everybody's.
        Host("chmod", "755", Folder);
    }

    /// <summary>Why there is no clean Debian here; null when there is one.</summary>
    public static string? Missing => Prepared.Value.Missing;

    /// <summary>Where it lies on this machine.</summary>
    public string Folder { get; }

    /// <summary>Runs a shell command inside; a status other than 0 is an error.</summary>
    public string Shell(string command)
    {
        var (status, output) = TryShell(command);
        return status == 0 ? output.Trim() : throw new InvalidOperationException($"'{command}' ended with {status}: {output}");
    }

    public (int Status, string Output) TryShell(string command) =>
        ChildProcess.Run("chroot", Folder, "/usr/bin/env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", "sh", "-c", command);

    /// <summary>Copies a file of this machine to <c>/tmp</c> inside; returns its path there.</summary>
    public string Bring(string file)
    {
        var target = Path.Combine("/tmp", Path.GetFileName(file));
        File.Copy(file, Folder + target, overwrite: true);
        return target;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static (string? Archive, string? Missing) Prepare()
    {
        var archive = Path.Combine(Directory.CreateDirectory(Path.Combine(AgentPackage.Artifacts, "debian")).FullName, Suite + ".tar");
        if (Environment.UserName != "root" || !ChildProcess.OnPath("chroot"))
        {
            return (null, "no clean Debian: chroot needs root");
        }

        if (File.Exists(archive))
        {
            return (archive, null);
        }

        if (!ChildProcess.OnPath("apt-get"))
        {
            return (null, "no clean Debian: debootstrap is fetched by apt, which needs Debian");
        }

        if (!ChildProcess.OnPath("debootstrap") && (Fails("apt-get", "update", "-qq") || Fails("apt-get", "install", "-y", "-qq", "--no-install-recommends", "debootstrap")))
        {
            return (null, "no clean Debian: the package debootstrap cannot be had");
        }

        var folder = Directory.CreateTempSubdirectory("iot-debootstrap-").FullName;
        try
        {
            // What the package depends on is there already, so that dpkg alone can install it; systemd and udev to check their files with.
            var (status, output) = ChildProcess.Run("debootstrap", "--variant=minbase", "--include=adduser,libssl3,systemd,udev", Suite, folder, "http://deb.debian.org/debian");
            if (status != 0)
            {
                return (null, $"no clean Debian: debootstrap ended with {status}: {output.Trim().Split('\n')[^1]}");
            }

            Host("tar", "-C", folder, "--exclude=./var/cache/apt", "--exclude=./var/lib/apt/lists", "--exclude=./usr/share/doc", "--exclude=./usr/share/locale", "-cf", archive + ".new", ".");
            File.Move(archive + ".new", archive);
            return (archive, null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool Fails(string program, params string[] arguments) => ChildProcess.Run(program, arguments).Status != 0;

    private static void Host(string program, params string[] arguments)
    {
        var (status, output) = ChildProcess.Run(program, arguments);
        if (status != 0)
        {
            throw new InvalidOperationException($"{program} ended with {status}: {output}");
        }
    }
}
