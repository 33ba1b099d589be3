using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IotTelemetry.Mqtt.Tests.Peers;
using IotTelemetry.Packaging.Tests.Support;

namespace IotTelemetry.Packaging.Tests;

/// <summary>The agent's Debian package in a clean Debian: what it brings, that it runs, what an upgrade keeps, what is left behind.</summary>
public sealed class DebianPackageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [DebianFact]
    public void Installation_brings_user_groups_and_files_with_their_rights_and_a_sound_unit()
    {
        using var debian = new DebianRoot();
        Install(debian, AgentPackage.Path);

        Assert.Equal("", debian.Shell("dpkg --audit"));
        Assert.Equal("", debian.Shell("dpkg --verify iot-edge"));
        Assert.Equal("750 iot-edge:iot-edge", debian.Shell("stat -c '%a %U:%G' /var/lib/iot-edge"));
        Assert.Equal("640 root:iot-edge", debian.Shell("stat -c '%a %U:%G' /etc/iot-edge/edge.json"));
        Assert.Equal("640 root:iot-edge", debian.Shell("stat -c '%a %U:%G' /etc/iot-edge/secrets.env"));
        Assert.Equal("755 root:root", debian.Shell("stat -c '%a %U:%G' /usr/bin/iot-edge"));
        Assert.Equal("/usr/sbin/nologin", debian.Shell("getent passwd iot-edge | cut -d: -f7"));
        Assert.Equal("gpio i2c iot-edge", debian.Shell("id -nG iot-edge | xargs -n 1 | LC_ALL=C sort | xargs"));
        Assert.Equal("", debian.Shell("dpkg -L iot-edge | xargs stat -c '%U:%G %n' | grep -v '^root:root ' | grep -v ' /etc/iot-edge/' || true"));
        Assert.StartsWith(".TH IOT-EDGE 8", debian.Shell("zcat /usr/share/man/man8/iot-edge.8.gz"), StringComparison.Ordinal);
        Assert.Equal("", debian.Shell("systemd-analyze verify --man=no iot-edge.service 2>&1"));
        Assert.Equal("", debian.Shell("ldd /usr/bin/iot-edge | grep 'not found' || true"));

        // Nothing starts by itself: the example would send made-up readings.
        Assert.Equal("disabled", debian.TryShell("systemctl is-enabled iot-edge.service").Output.Trim());
    }

    [DebianFact]
    public async Task Installed_agent_runs_as_its_user_by_the_lines_of_its_unit_and_says_so_also_after_root_had_its_points_listed()
    {
        using var debian = new DebianRoot();
        Install(debian, AgentPackage.Path);
        debian.Shell("iot-edge points /etc/iot-edge/edge.json");
        Assert.Equal("root", debian.Shell("stat -c %U /var/lib/iot-edge/outbox/lock"));
        debian.Shell("$(sed -n 's/^ExecStartPre=+//p' /usr/lib/systemd/system/iot-edge.service)");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(debian.Folder + "/run/notify"));
        debian.Shell("chmod 666 /run/notify");
        var line = debian.Shell("sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/iot-edge.service").Split(' ');
        var start = new ProcessStartInfo("chroot", ["--userspec=iot-edge:iot-edge", debian.Folder, .. line]) { RedirectStandardError = true };
        start.Environment["NOTIFY_SOCKET"] = "/run/notify";
        using var agent = Process.Start(start)!;
        var log = agent.StandardError.ReadToEndAsync();

        await HearAsync(manager, "READY=1", log);
        Assert.Equal("", debian.Shell("find /var/lib/iot-edge ! -user iot-edge"));
        await TerminateAsync(agent, log);
        Assert.Contains("frames", debian.Shell("iot-edge outbox /etc/iot-edge/edge.json"), StringComparison.Ordinal);
        Assert.Equal("", debian.Shell("$(sed -n 's/^ExecStopPost=//p' /usr/lib/systemd/system/iot-edge.service)"));
    }

    [DebianFact]
    public async Task Agent_of_the_package_knows_its_broker_by_the_authority_and_shows_its_own_certificate()
    {
        var folder = Directory.CreateTempSubdirectory("iot-deb-").FullName;
        try
        {
            AgentPackage.ExtractTo(folder);
            using var right = new TestCertificates();
            using var wrong = new TestCertificates();
            right.WriteClientTo(folder);
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var file = Path.Combine(folder, "edge.json");
            await File.WriteAllTextAsync(file, $$"""
                {
                  "site": "station", "gateway": "gw-1", "state": "state",
                  "mqtt": {
                    "endpoint": "mqtts://127.0.0.1:{{((IPEndPoint)listener.LocalEndpoint).Port}}",
                    "tls": { "authorities": "ca.pem", "certificate": "client.pem", "key": "client.key" }
                  },
                  "board": { "kind": "simulated-car-park", "count": 2 }
                }
                """);
            using var agent = Process.Start(new ProcessStartInfo(Path.Combine(folder, "usr", "bin", "iot-edge"), ["run", file]) { RedirectStandardError = true })!;
            var log = agent.StandardError.ReadToEndAsync();
            const byte Connect = 0x10; // MQTT 5.0 section 3.1.1
            try
            {
                Assert.False(await Record.ExceptionAsync(() => AcceptAsync(listener, wrong.Server, right.Authority)) is null or OperationCanceledException);
                Assert.Equal(("CN=gateway-1", Connect), await AcceptAsync(listener, right.Server, right.Authority));
            }
            finally
            {
                await TerminateAsync(agent, log);
            }

            Assert.Contains("shows a certificate that comes from no trusted authority: CN=127.0.0.1", await log, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [DebianFact]
    public void Upgrade_keeps_an_edited_configuration_and_the_state_and_brings_the_new_version()
    {
        using var debian = new DebianRoot();
        Install(debian, AgentPackage.Path);
        debian.Shell("sed -i 's/\"gw-1\"/\"gw-7\"/' /etc/iot-edge/edge.json && echo 42 >/var/lib/iot-edge/kept && chown iot-edge: /var/lib/iot-edge/kept");

        Install(debian, Repacked("99.0.0"));
        Assert.Equal("99.0.0", debian.Shell("dpkg-query -W -f '${Version}' iot-edge"));
        Assert.Contains("\"gw-7\"", debian.Shell("cat /etc/iot-edge/edge.json"), StringComparison.Ordinal);
        Assert.Equal("640 root:iot-edge", debian.Shell("stat -c '%a %U:%G' /etc/iot-edge/edge.json"));
        Assert.Equal("42 iot-edge", debian.Shell("echo $(cat /var/lib/iot-edge/kept) $(stat -c %U /var/lib/iot-edge/kept)"));
    }

    [DebianFact]
    public void Scripts_ask_of_udev_and_the_service_manager_what_a_first_installation_an_upgrade_and_one_after_a_removal_need()
    {
        using var debian = new DebianRoot();
        var manager = new RecordingManager(debian);
        Assert.Contains("systemctl enable --now iot-edge", Install(debian, AgentPackage.Path), StringComparison.Ordinal);
        var calls = manager.Calls();
        var subsystems = debian.Shell("grep -o 'SUBSYSTEM==\"[a-z0-9|-]*' /usr/lib/udev/rules.d/60-iot-edge.rules | cut -d'\"' -f2 | tr '|' '\\n' | sort -u").Split('\n');
        Assert.Contains("misc", subsystems);
        Assert.All(subsystems, subsystem => Assert.Contains($"--subsystem-match={subsystem}", calls, StringComparison.Ordinal));
        Assert.All(["i2c-dev", "industrialio"], module => Assert.Contains($"modprobe -q {module}", calls, StringComparison.Ordinal));
        Assert.DoesNotContain("restart", calls, StringComparison.Ordinal);

        // A running agent: restarted, unless the new version refuses its configuration.
        manager.Start();
        Install(debian, AgentPackage.Path);
        Assert.Contains("restart iot-edge.service", manager.Calls(), StringComparison.Ordinal);
        debian.Shell("sed -i 's/\"count\": 8/\"count\": 0/' /etc/iot-edge/edge.json");
        Assert.Contains("$.board.count", Install(debian, AgentPackage.Path), StringComparison.Ordinal);
        Assert.DoesNotContain("restart", manager.Calls(), StringComparison.Ordinal);

        debian.Shell("systemctl enable iot-edge && dpkg -r iot-edge");
        Assert.Contains("stop iot-edge.service", manager.Calls(), StringComparison.Ordinal);
        Assert.Contains("systemctl start iot-edge", Install(debian, AgentPackage.Path), StringComparison.Ordinal);
        debian.Shell("test -e /etc/systemd/system/multi-user.target.wants/iot-edge.service");

        // dpkg takes it that an administrator who deletes a configuration file means it.
        debian.Shell("rm /etc/iot-edge/edge.json /etc/iot-edge/secrets.env");
        Install(debian, AgentPackage.Path);
        Assert.Equal("ii", debian.Shell("dpkg-query -W -f '${db:Status-Abbrev}' iot-edge"));
    }

    [DebianFact]
    public void Removal_leaves_configuration_and_readings_and_a_purge_nothing()
    {
        using var debian = new DebianRoot();
        var before = debian.Shell("find /etc /usr /var/lib -path /var/lib/dpkg -prune -o -path '*iot-edge*' -print");
        Install(debian, AgentPackage.Path);
        debian.Shell("touch /var/lib/iot-edge/reading");
        debian.Shell("dpkg -r iot-edge");
        Assert.Equal(1, debian.TryShell("test -e /usr/bin/iot-edge").Status);
        debian.Shell("test -f /etc/iot-edge/edge.json && test -f /var/lib/iot-edge/reading");

        debian.Shell("dpkg -P iot-edge");
        Assert.Equal(before, debian.Shell("find /etc /usr /var/lib -path /var/lib/dpkg -prune -o -path '*iot-edge*' -print"));
        Assert.NotEqual(0, debian.TryShell("getent passwd iot-edge").Status);
    }

    [DebianFact]
    public void Same_binary_gives_the_same_package_to_the_last_byte()
    {
        var folder = Directory.CreateTempSubdirectory("iot-deb-").FullName;
        try
        {
            AgentPackage.ExtractTo(folder);
            var fields = ChildProcess.Run("dpkg-deb", "-f", AgentPackage.Path, "Version", "Architecture").Output.Split('\n').Select(l => l.Split(": ")[^1].Trim()).ToArray();
            string[] made = [Path.Combine(folder, "a.deb"), Path.Combine(folder, "b.deb")];
            foreach (var package in made)
            {
                var (status, output) = ChildProcess.Run("sh", Path.Combine(AgentPackage.Repository, "edge", "packaging", "deb.sh"), Path.Combine(folder, "usr", "bin", "iot-edge"), fields[0], fields[1], package);
                Assert.True(status == 0, output);
            }

            Assert.Equal(File.ReadAllBytes(made[0]), File.ReadAllBytes(made[1]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Install(DebianRoot debian, string package) => debian.Shell("dpkg -i " + debian.Bring(package) + " 2>&1");

    private static string Repacked(string version)
    {
        var folder = Directory.CreateTempSubdirectory("iot-deb-").FullName;
        try
        {
            var tree = Path.Combine(folder, "tree");
            var package = Path.Combine(AgentPackage.Artifacts, "debian", "next.deb");
            Assert.Equal(0, ChildProcess.Run("dpkg-deb", "-R", AgentPackage.Path, tree).Status);
            var control = Path.Combine(tree, "DEBIAN", "control");
            File.WriteAllLines(control, File.ReadAllLines(control).Select(l => l.StartsWith("Version:", StringComparison.Ordinal) ? $"Version: {version}" : l));
            Assert.Equal(0, ChildProcess.Run("dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, package).Status);
            return package;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task TerminateAsync(Process agent, Task<string> log)
    {
        using (var terminate = Process.Start("kill", ["-TERM", agent.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await terminate.WaitForExitAsync();
        }

        await agent.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(agent.ExitCode == 0, await log);
    }

    /// <summary>Takes one connection as a broker with this certificate that demands one of the authority's; returns whom it sees, and the first byte.</summary>
    private static async Task<(string Subject, byte First)> AcceptAsync(TcpListener listener, X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        await using var stream = new SslStream(new NetworkStream(await listener.AcceptSocketAsync(giveUp.Token), ownsSocket: true));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        var options = new SslServerAuthenticationOptions { ServerCertificate = certificate, ClientCertificateRequired = true, CertificateChainPolicy = policy };
        await stream.AuthenticateAsServerAsync(options, giveUp.Token);
        var first = new byte[1];
        await stream.ReadExactlyAsync(first, giveUp.Token);
        return (stream.RemoteCertificate!.Subject, first[0]);
    }

    private static async Task HearAsync(Socket manager, string wanted, Task<string> log)
    {
        var buffer = new byte[4096];
        using var giveUp = new CancellationTokenSource(Patience);
        while (true)
        {
            var hearing = manager.ReceiveAsync(buffer.AsMemory(), giveUp.Token).AsTask();
            if (await Task.WhenAny(hearing, log) == log)
            {
                Assert.Fail(await log);
            }

            if (Encoding.UTF8.GetString(buffer, 0, await hearing) == wanted)
            {
                return;
            }
        }
    }
}
