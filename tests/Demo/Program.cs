using System.CommandLine;
using System.Runtime.InteropServices;
using IotTelemetry.Demo;

var length = new Option<string?>("--for") { Description = "run this long (20s, 2m, 1h), then end; without it, until Ctrl-C" };
length.Validators.Add(result =>
{
    if (result.GetValueOrDefault<string?>() is { } text && Duration.Parse(text) is null)
    {
        result.AddError($"--for '{text}': a whole number above 0 followed by s, m or h is allowed, for example 20s");
    }
});
var json = new Option<FileInfo?>("--json") { Description = "write the result here as JSON" };
var data = new Option<DirectoryInfo?>("--data") { Description = "keep all data in this folder; without it, in a new one that is removed at the end" };
var root = new RootCommand("The whole of IotTelemetry on this machine: the cloud service, three gateways with simulated boards, a live view.") { length, json, data };

root.SetAction(async (arguments, _) =>
{
    using var end = new CancellationTokenSource();
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
    void End(PosixSignalContext context)
    {
        context.Cancel = true;
        end.Cancel();
    }

    var kept = arguments.GetValue(data);
    kept?.Create();
    var directory = kept ?? Directory.CreateTempSubdirectory("iottelemetry-demo-");
    try
    {
        var run = new DemoRun(directory.FullName);
        var report = await run.RunAsync(arguments.GetValue(length) is { } text ? Duration.Parse(text) : null, end.Token);
        if (arguments.GetValue(json) is { } file)
        {
            await report.WriteAsync(file, CancellationToken.None);
        }

        return report.Exact ? 0 : 1;
    }
    finally
    {
        if (kept is null)
        {
            directory.Delete(recursive: true);
        }
    }
});

// The signals are the demo's own business: ending takes as long as the gateways need to empty their outboxes.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
