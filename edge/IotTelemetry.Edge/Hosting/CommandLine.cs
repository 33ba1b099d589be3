using System.CommandLine;
using System.Text.Json;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Replay;
using IotTelemetry.Edge.Supervision;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The agent's verbs and options.</summary>
internal static class CommandLine
{
    private const int Failure = 1;

    public static RootCommand Build()
    {
        var logFile = new Option<string?>("--log-file") { Description = "Also write the log to this file, a new one each day", Recursive = true };
        var root = new RootCommand("The agent of a gateway: samples its board and sends what it reads, or replays a file") { logFile };
        AddReplay(root, logFile);
        root.Subcommands.Add(Run(logFile));
        root.Subcommands.Add(ConfigurationCommands.Check());
        root.Subcommands.Add(OutboxCommand());
        root.Subcommands.Add(PointsCommand.Build());
        root.Subcommands.Add(SetCommand.Build());
        root.Subcommands.Add(HardwareCommands.Detect());
        root.Subcommands.Add(HardwareCommands.Wiring());
        root.Subcommands.Add(HardwareCommands.Safe());
        return root;
    }

    private static Command Run(Option<string?> logFile)
    {
        var file = new Argument<string>("CONFIG") { Description = "The configuration file (JSON, comments allowed)" };
        var drain = new Option<double>("--drain-on-stop") { Description = "When stopped, wait up to so many seconds until the cloud has confirmed everything" };
        var command = new Command("run", "Run the agent until SIGTERM or Ctrl-C; SIGHUP takes a changed file") { file, drain };
        command.SetAction(async (parsed, _) =>
        {
            using var logs = Logging.Create(parsed.GetValue(logFile));
            using var signals = new StopSignals();
            return await Guarded(logs, async () =>
            {
                using var service = ServiceNotifier.FromEnvironment(logs.CreateLogger("Agent"));
                using var run = new AgentRun(parsed.GetRequiredValue(file), service, TimeProvider.System, logs);
                await run.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(drain)), signals.Stopping);
                return 0;
            });
        });
        return command;
    }

    private static Command OutboxCommand()
    {
        var place = new Argument<string>("DIR|CONFIG") { Description = "The state directory, or the configuration file that names it" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("outbox", "Show what lies in the outbox and went through it; works while the agent is stopped, too") { place, json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(place);
            if (!Path.Exists(path))
            {
                Console.Error.WriteLine($"{path} is not there; give the state directory or the configuration file");
                return Failure;
            }

            try
            {
                var state = Directory.Exists(path) ? path : ConfigurationFile.Load(path).StateDirectory;
                var outbox = EdgeConfiguration.OutboxDirectory(state);
                var status = OutboxLoader.Load(Directory.Exists(outbox) ? outbox : state, repair: false).ToStatus();
                Console.Out.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(status, OutboxJson.Default.OutboxStatus) : OutboxReport.Text(status));
                return 0;
            }
            catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(exception.Message);
                return Failure;
            }
        });
        return command;
    }

    private static void AddReplay(RootCommand root, Option<string?> logFile)
    {
        var file = new Option<string>("--replay") { Description = "Send a file's rows as readings; ends when the cloud has confirmed them all", HelpName = "FILE" };
        var format = new Option<string>("--format") { Description = "What the file is" };
        format.AcceptOnlyFromAmong(ReplayFormats.Names);
        var site = new Option<string>("--site") { Description = "The site that the readings belong to" };
        var gateway = new Option<string>("--gateway") { Description = "The gateway that sends them" };
        var mqtt = new Option<string>("--mqtt") { Description = "The broker, such as mqtt://127.0.0.1:1883" };
        var state = new Option<string>("--state") { Description = "The directory for the outbox" };
        var timeZone = new Option<string>("--time-zone")
        {
            Description = "The time zone of household-power's local times, such as Europe/Paris; the file names none",
            DefaultValueFactory = _ => "UTC",
        };
        Option[] options = [file, format, site, gateway, mqtt, state, timeZone];
        foreach (var option in options)
        {
            root.Options.Add(option);
        }

        root.SetAction(async (parsed, _) =>
        {
            var missing = options.Where(o => parsed.GetResult(o) is null).Select(o => o.Name).ToArray();
            if (missing.Length > 0)
            {
                Console.Error.WriteLine($"missing: {string.Join(", ", missing)}; for a replay all of {string.Join(", ", options.SkipLast(1).Select(o => o.Name))} are wanted; see iot-edge --help");
                return Failure;
            }

            using var logs = Logging.Create(parsed.GetValue(logFile));
            using var signals = new StopSignals();
            return await Guarded(logs, async () =>
            {
                var request = new ReplayRequest(
                    parsed.GetRequiredValue(file),
                    parsed.GetRequiredValue(format),
                    parsed.GetRequiredValue(site),
                    parsed.GetRequiredValue(gateway),
                    parsed.GetRequiredValue(mqtt),
                    parsed.GetRequiredValue(state),
                    parsed.GetRequiredValue(timeZone));
                var summary = await new ReplayRun(request, TimeProvider.System, logs).RunAsync(signals.Stopping);
                Console.Out.WriteLine(summary.ToString());
                return summary.Confirmed ? 0 : Failure;
            });
        });
    }

    /// <summary>Errors of the user and of the device end the agent with one message; anything else is a defect and shows its stack.</summary>
    private static async Task<int> Guarded(ILoggerFactory logs, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException or ReplayException or FormatException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failure;
        }
        catch (Exception exception)
        {
            AgentLog.Failed(logs.CreateLogger<EdgeAgent>(), exception);
            throw;
        }
    }
}
