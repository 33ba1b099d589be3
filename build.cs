#:property PublishAot=false

// The build program of IotTelemetry. build.sh and build.ps1 hand their arguments to it: dotnet run --file build.cs -- VERB [ARGUMENTS]

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Xml.Linq;

var root = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
var artifacts = Path.Combine(root, "artifacts");

// Ctrl-C reaches every process of the terminal; the child decides how to end, this program waits for it and passes its status on.
Console.CancelKeyPress += (_, e) => e.Cancel = true;

try
{
    return (args.FirstOrDefault() ?? "help") switch
    {
        "demo" => Demo(args[1..]),
        "test" => Test(args[1..]),
        "bench" => Bench(args[1..]),
        "chaos" => Chaos(args[1..]),
        "package" => Package(args[1..]),
        "help" or "-h" or "--help" => Help(),
        var verb => throw new BuildException($"unknown verb '{verb}'; one of: demo, test, bench, chaos, package, help"),
    };
}
catch (BuildException e)
{
    Console.Error.WriteLine($"build: {e.Message}");
    return 2;
}

static int Help()
{
    Console.WriteLine("""
        ./build.sh demo [--for 20s] [--json FILE]      run the whole system on this machine: cloud, three gateways, live view
        ./build.sh test [--filter NAME]                build everything, run every test project (or those whose name contains NAME)
        ./build.sh bench [NAME] [--json FILE]          run the benchmarks (or those named NAME...) and compare with their goals
        ./build.sh chaos edge [--kills 200] [--seed N] kill outbox and agent at random moments, and look for what is lost, doubled or out of order
        ./build.sh chaos cloud [--kills 100] [--seed N] kill -9 of the service at random moments under load, then count
        ./build.sh package [--runtime linux-x64] [--deb]
                                                       build what is installed: the agent (NativeAOT as .deb and archive, trimmed) and the cloud service; --deb: the .deb alone
        ./build.sh help                                this text
        """);
    return 0;
}

int Demo(string[] rest)
{
    InstallEngine();
    BuildSolution();
    return Run("dotnet", [Output("IotTelemetry.Demo", "IotTelemetry.Demo.dll"), .. rest]);
}

int Bench(string[] rest)
{
    InstallEngine();
    InstallDebianPackages("peers to compare with", ("mosquitto", "mosquitto"));
    BuildSolution();
    var suites = rest.TakeWhile(a => !a.StartsWith('-')).ToArray();
    if (suites.Length == 0 || suites.Contains("edge"))
    {
        PublishNativeAgent("linux-x64");
    }

    return Run("dotnet", [Output("IotTelemetry.Benchmarks", "IotTelemetry.Benchmarks.dll"), .. rest]);
}

int Test(string[] rest)
{
    var filter = rest switch
    {
        [] => "",
        ["--filter", var name] => name,
        _ => throw new BuildException($"test: unknown arguments '{string.Join(' ', rest)}'; allowed: --filter NAME"),
    };
    InstallEngine();
    InstallNodePackages("tests/peers", "node_modules/mqtt/package.json");
    InstallDebianPackages("peers that the tests talk to", ("mosquitto", "mosquitto"), ("mosquitto-clients", "mosquitto_sub"), ("clickhouse-server", "clickhouse-server"));
    BuildSolution();

    var results = Path.Combine(artifacts, "test-results");
    if (Directory.Exists(results))
    {
        Directory.Delete(results, recursive: true);
    }

    var projects = Directory.GetFiles(Path.Combine(root, "tests"), "*.Tests.csproj", SearchOption.AllDirectories)
        .Where(p => Path.GetFileName(p).Contains(filter, StringComparison.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal)
        .ToArray();
    if (projects.Length == 0)
    {
        throw new BuildException($"test: no test project's name contains '{filter}'");
    }

    using var scratch = new ScratchInMemory();
    var sum = new TestCounts(0, 0, 0);
    foreach (var project in projects)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var clock = Stopwatch.StartNew();
        var status = Run("dotnet", ["test", project, "-c", "Release", "--no-build", "--nologo", "-v", "q",
            "--logger", $"trx;LogFileName={name}.trx", "--logger", "console;verbosity=minimal", "--results-directory", results]);
        var counts = TestCounts.Read(Path.Combine(results, $"{name}.trx"), status);
        Console.WriteLine($"{name}: {counts} in {clock.Elapsed.TotalSeconds:F0} s");
        foreach (var (reason, count) in TestCounts.SkipReasons(Path.Combine(results, $"{name}.trx")))
        {
            Console.WriteLine($"  {count} skipped: {reason}");
        }

        sum += counts;
    }

    Console.WriteLine();
    Console.WriteLine(sum);
    return sum.Failed == 0 && sum.Passed > 0 ? 0 : 1;
}

int Chaos(string[] rest)
{
    const string Allowed = "allowed: edge or cloud, then [--kills NUMBER] [--seed NUMBER]";
    if (rest is not [("edge" or "cloud") and var side, .. var options])
    {
        throw new BuildException($"chaos: unknown arguments '{string.Join(' ', rest)}'; {Allowed}");
    }

    var (kills, seed) = (side == "edge" ? "200" : "100", "2026");
    for (; options.Length > 0; options = options[2..])
    {
        (kills, seed) = options switch
        {
            ["--kills", var number, ..] when int.TryParse(number, out var n) && n > 0 => (number, seed),
            ["--seed", var number, ..] when int.TryParse(number, out _) => (kills, number),
            _ => throw new BuildException($"chaos: unknown arguments '{string.Join(' ', options)}'; {Allowed}"),
        };
    }

    if (side == "edge")
    {
        InstallDebianPackages("the broker that forgets", ("mosquitto", "mosquitto"));
    }
    else
    {
        InstallEngine();
    }

    BuildSolution();
    Environment.SetEnvironmentVariable("IOT_CHAOS_KILLS", kills);
    Environment.SetEnvironmentVariable("IOT_CHAOS_SEED", seed);
    Console.WriteLine($"{kills} kills of {(side == "edge" ? "the outbox and as many of the agent" : "the service")}, seed {seed}");
    var (project, filter) = side == "edge"
        ? ("IotTelemetry.Edge.Tests", "FullyQualifiedName~OutboxKillTests|FullyQualifiedName~AgentKillTests")
        : ("IotTelemetry.Cloud.Tests", "FullyQualifiedName~KillTests.Kill_9");
    return Run("dotnet", ["test", Path.Combine(root, "tests", project, $"{project}.csproj"), "-c", "Release", "--no-build", "--nologo",
        "--filter", filter, "--logger", "console;verbosity=normal"]);
}

int Package(string[] rest)
{
    var debOnly = rest.Contains("--deb");
    var runtime = rest.Where(a => a != "--deb").ToArray() switch
    {
        [] => "linux-x64",
        ["--runtime", var r] => r,
        _ => throw new BuildException($"package: unknown arguments '{string.Join(' ', rest)}'; allowed: --runtime RID, --deb"),
    };
    var native = PublishNativeAgent(runtime);
    MakeDebianPackage(runtime);
    if (debOnly)
    {
        return 0;
    }

    var output = PackageFolder();
    Check("dotnet", ["publish", AgentProject(), "-c", "Release", "-f", "net10.0", "-r", runtime, "--self-contained", "-p:PublishTrimmed=true", "-p:PublishSingleFile=true",
        "-o", Fresh(Path.Combine(output, "iot-edge-trimmed")), .. Lean()]);
    Check("dotnet", ["publish", Path.Combine(root, "cloud", "IotTelemetry.Cloud", "IotTelemetry.Cloud.csproj"), "-c", "Release", "-o", Fresh(Path.Combine(output, "iot-cloud")), .. Lean()]);

    string[] names = ["iot-edge", "iot-edge-trimmed", "iot-cloud"];
    foreach (var name in names)
    {
        var binary = new FileInfo(Path.Combine(output, name, name.StartsWith("iot-edge", StringComparison.Ordinal) ? "iot-edge" : "iot-cloud"));
        var archive = Path.Combine(artifacts, $"{name}_{runtime}.tar.gz");
        Check("tar", "-C", output, "--exclude=*.pdb", "--exclude=*.dbg", "-czf", archive, name);
        Console.WriteLine($"{archive} (binary {binary.Length / 1e6:F1} MB)");
    }

    Console.WriteLine($"native agent built for {native}");
    return 0;
}

// Builds the native agent into artifacts/package/iot-edge and returns its framework: the newest first; where it cannot be built natively (its runtime pack is not served everywhere), the
// one before. It has build folders of its own, because it restores for that framework alone.
string PublishNativeAgent(string runtime)
{
    InstallDebianPackages("the native linker of the agent", runtime == "linux-arm64" && RuntimeInformation.OSArchitecture == Architecture.X64
        ? [("gcc-aarch64-linux-gnu", "aarch64-linux-gnu-gcc"), ("libc6-dev-arm64-cross", "/usr/aarch64-linux-gnu/include/stdio.h")]
        : [("gcc", "gcc"), ("zlib1g-dev", "/usr/include/zlib.h")]);
    var output = Fresh(Path.Combine(PackageFolder(), "iot-edge"));
    string[] frameworks = ["net10.0", "net9.0"];
    return frameworks.FirstOrDefault(framework =>
    {
        var (status, text) = Capture("dotnet", ["publish", AgentProject(), "-c", "Release", "-f", framework, $"-p:TargetFrameworks={framework}", "-r", runtime, "-p:PublishAot=true",
            $"-p:ArtifactsPath={Path.Combine(artifacts, "native")}", "-o", output, .. Lean()]);
        var reason = text.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim();
        Console.WriteLine(status == 0 ? $"iot-edge: NativeAOT, {framework}, {runtime}" : $"iot-edge: no NativeAOT for {framework} here: {reason}");
        return status == 0;
    }) ?? throw new BuildException("the agent could not be built as a native binary; the lines above tell why");
}

void MakeDebianPackage(string runtime)
{
    var architecture = runtime switch { "linux-x64" => "amd64", "linux-arm64" => "arm64", "linux-arm" => "armhf", _ => null };
    if (architecture is null || Find("dpkg-deb") is null || Find("readelf") is null)
    {
        Console.WriteLine($"no .deb for {runtime} here: it is made for linux-x64, linux-arm64 and linux-arm, by dpkg-deb and readelf (Debian's packages dpkg and binutils)");
        return;
    }

    var version = XDocument.Load(Path.Combine(root, "Directory.Build.props")).Descendants("Version").Single().Value;
    var package = Path.Combine(artifacts, $"iot-edge_{version}_{architecture}.deb");
    Check("sh", Path.Combine(root, "edge", "packaging", "deb.sh"), Path.Combine(PackageFolder(), "iot-edge", "iot-edge"), version, architecture, package);
    Console.WriteLine($"{package} ({new FileInfo(package).Length / 1e6:F1} MB)");
}

static string Fresh(string folder)
{
    if (Directory.Exists(folder))
    {
        Directory.Delete(folder, recursive: true);
    }

    return folder;
}

string PackageFolder() => Path.Combine(artifacts, "package");

string AgentProject() => Path.Combine(root, "edge", "IotTelemetry.Edge", "IotTelemetry.Edge.csproj");

static string[] Lean() => ["-p:PublishDocumentationFiles=false", "-p:PublishReferencesDocumentationFiles=false", "-v", "q", "-nologo"];

string Output(string project, string file) => Path.Combine(artifacts, "bin", project, "release", file);

void BuildSolution() => Check("dotnet", "build", Path.Combine(root, "IotTelemetry.sln"), "-c", "Release", "-v", "q", "-nologo");

// The engine (540 MB) is installed once per checkout and loaded from there by every program and test.
void InstallEngine() => InstallNodePackages("cloud/engine", "node_modules/@chdb/lib-linux-x64-gnu/libchdb.so");

void InstallNodePackages(string folder, string proof)
{
    var path = Path.Combine(root, folder);
    var lockFile = Path.Combine(path, "package-lock.json");
    var stamp = Path.Combine(path, "node_modules", ".installed");
    if (File.Exists(Path.Combine(path, proof)) && File.Exists(stamp) && File.ReadAllText(stamp) == File.ReadAllText(lockFile))
    {
        return;
    }

    if (Find("npm") is null)
    {
        throw new BuildException($"Node.js with npm is needed to install {folder} (https://nodejs.org, or your system's package 'nodejs')");
    }

    Console.WriteLine($"installing {folder}/package-lock.json");
    Check("npm", "ci", "--prefix", path, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error");
    File.Copy(lockFile, stamp, overwrite: true);
}

// Installs what is missing where that can be done without asking (root on Debian or Ubuntu); otherwise says in one line what to install, and goes on without.
void InstallDebianPackages(string purpose, params (string Package, string Proof)[] wanted)
{
    var missing = wanted.Where(w => w.Proof.StartsWith('/') ? !File.Exists(w.Proof) : Find(w.Proof) is null).Select(w => w.Package).ToArray();
    if (missing.Length == 0)
    {
        return;
    }

    var names = string.Join(' ', missing);
    if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Find("apt-get") is null)
    {
        Console.WriteLine($"missing {purpose}: install the packages '{names}' (Debian/Ubuntu: sudo apt-get install {names}); what needs them is skipped");
        return;
    }

    Console.WriteLine($"installing Debian packages ({purpose}): {names}");
    string[] quiet = ["-qq", "-o=Dpkg::Use-Pty=0"];
    Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");

    // Debian starts a service as soon as its package is installed, unless this file forbids it (invoke-rc.d(8)); a build must leave no server running.
    const string ServicePolicy = "/usr/sbin/policy-rc.d";
    var ownPolicy = !File.Exists(ServicePolicy);
    if (ownPolicy)
    {
        File.WriteAllText(ServicePolicy, "#!/bin/sh\nexit 101\n");
        File.SetUnixFileMode(ServicePolicy, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    try
    {
        var update = Capture("apt-get", ["update", .. quiet]);
        var install = update.Status == 0 ? Capture("apt-get", ["install", "-y", "--no-install-recommends", .. quiet, .. missing]) : update;
        if (install.Status != 0)
        {
            Console.WriteLine($"the packages '{names}' could not be installed; what needs them is skipped:{Environment.NewLine}{install.Output.Trim()}");
        }
    }
    finally
    {
        if (ownPolicy)
        {
            File.Delete(ServicePolicy);
        }
    }
}

static string? Find(string program) =>
    (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .SelectMany(folder => OperatingSystem.IsWindows() ? [$"{program}.exe", $"{program}.cmd"] : new[] { program }, Path.Combine)
        .FirstOrDefault(File.Exists);

static void Check(string program, params string[] arguments)
{
    var status = Run(program, arguments);
    if (status != 0)
    {
        throw new BuildException($"'{program} {string.Join(' ', arguments)}' ended with status {status}");
    }
}

static int Run(string program, string[] arguments)
{
    using var process = Process.Start(Describe(program, arguments))!;
    process.WaitForExit();
    return process.ExitCode;
}

// For a run whose failure is an answer: what it printed is shown only when somebody asks for it.
static (int Status, string Output) Capture(string program, string[] arguments)
{
    var start = Describe(program, arguments);
    start.RedirectStandardOutput = true;
    start.RedirectStandardError = true;
    using var process = Process.Start(start)!;
    var errors = process.StandardError.ReadToEndAsync();
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return (process.ExitCode, output + errors.Result);
}

static ProcessStartInfo Describe(string program, string[] arguments) =>
    new(Find(program) ?? throw new BuildException($"'{program}' is not on the PATH"), arguments);

internal sealed class BuildException(string message) : Exception(message);

/// <summary>A folder in memory for the temporary files of the tests, where there is room for it: much of a test run is making and dropping the tables of small databases, which takes twice as long on a disk.</summary>
internal sealed class ScratchInMemory : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long RoomNeeded = 8L << 30;
    private readonly string? _folder;

    public ScratchInMemory()
    {
        if (Environment.GetEnvironmentVariable("TMPDIR") is null && Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= RoomNeeded)
        {
            _folder = Directory.CreateDirectory(Path.Combine(Memory, $"iot-tests-{Environment.ProcessId}")).FullName;
            Environment.SetEnvironmentVariable("TMPDIR", _folder);
        }
    }

    public void Dispose()
    {
        if (_folder is not null)
        {
            Environment.SetEnvironmentVariable("TMPDIR", null);
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException e)
            {
                // A compiler server that a test started may still write there; what the tests found stands.
                Console.WriteLine($"{_folder} is left behind and may be deleted: {e.Message}");
            }
        }
    }
}

internal readonly record struct TestCounts(int Passed, int Failed, int Skipped)
{
    public static TestCounts operator +(TestCounts a, TestCounts b) => new(a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped);

    /// <summary>Reads what one test project did; a run that ended badly without naming a failed test (a crash, a missing file) counts as one failure.</summary>
    public static TestCounts Read(string trx, int exitStatus)
    {
        if (!File.Exists(trx))
        {
            return new TestCounts(0, 1, 0);
        }

        var outcomes = XDocument.Load(trx).Descendants().Where(e => e.Name.LocalName == "UnitTestResult").Select(e => (string?)e.Attribute("outcome")).ToArray();
        var passed = outcomes.Count(o => o == "Passed");
        var skipped = outcomes.Count(o => o == "NotExecuted");
        var failed = outcomes.Length - passed - skipped;
        return new TestCounts(passed, exitStatus != 0 && failed == 0 ? 1 : failed, skipped);
    }

    /// <summary>Why tests were skipped, each reason once with its number of tests; the console logger does not tell.</summary>
    public static IEnumerable<(string Reason, int Count)> SkipReasons(string trx) => !File.Exists(trx)
        ? []
        : XDocument.Load(trx).Descendants().Where(e => e.Name.LocalName == "UnitTestResult" && (string?)e.Attribute("outcome") == "NotExecuted")
            .GroupBy(e => e.Descendants().FirstOrDefault(d => d.Name.LocalName == "Message")?.Value ?? "no reason given")
            .Select(g => (g.Key, g.Count()));

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
}
