using System.CommandLine;
using IotTelemetry.ClickHouse.Server;
using IotTelemetry.Cloud.Browse;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Operate;
using IotTelemetry.Cloud.Query;
using IotTelemetry.Cloud.Rejects;
using IotTelemetry.Cloud.Schema;
using Spectre.Console;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>The commands of <c>iot-cloud</c> and their options.</summary>
internal static class CommandLine
{
    private const int WidthOfAFile = 1000;

    public static RootCommand Create()
    {
        RootCommand root = new("The cloud service: takes telemetry over MQTT, stores it in ClickHouse, answers queries, switches assets.")
        {
            Serve(),
            Migrate(),
            QueryCommandLine(),
            new RejectsCommand(DoorArguments.CreateUrl, AskAsync).Create(),
            AssetsCommandLine.Create(DoorArguments.CreateUrl(), TableConsole),
            PasswordCommand.Create(),
        };
        foreach (Command command in new OperateCommandLine(DoorArguments.CreateUrl, TableConsole).Create())
        {
            root.Subcommands.Add(command);
        }

        return root;
    }

    private static Command Serve()
    {
        StoreArguments store = new();
        DoorTlsArguments tls = new();
        CommandArguments commands = new();
        Option<string> mqtt = new("--mqtt") { Description = "Address of the MQTT broker; port 0 takes a free one, off listens nowhere", DefaultValueFactory = _ => "127.0.0.1:1883" };
        Option<string> http = new("--http") { Description = "Address of queries, status and health; port 0 takes a free one", DefaultValueFactory = _ => "127.0.0.1:8123" };
        Option<string?> logFile = new("--log-file") { Description = "Writes the log to this file too, a new one each day, 14 kept" };
        Option<int?> rows = new("--batch-rows") { Description = "Rows at which a batch is stored (default 100000)" };
        Option<int?> age = new("--batch-age-ms") { Description = "Age at which a batch is stored, in milliseconds (default 500)" };
        Option<string[]> retention = new("--retention") { Description = "SITE/KIND=DAYSd: how long readings are kept, * for any site or kind, for example */parking_bay=90d; may be repeated (default: for ever)", DefaultValueFactory = _ => [] };
        Option<int?> lease = new("--lease-s") { Description = "Seconds for which the right to write to a shared store lasts without being renewed (default 15)" };
        BrokerArguments broker = new();
        Option<bool> dryRun = new("--dry-run") { Description = "Prints the migrations of the schema that a start would run, and does nothing" };
        Option<string?> users = new("--users") { Description = "File of the users of the HTTP door and the API; without it everybody on this machine may read, and switch under any name" };
        Command serve = new("serve", "Runs the service until SIGTERM or Ctrl-C; what was taken is stored and acknowledged before it exits.") { mqtt, http, users, logFile, rows, age, retention, lease, dryRun };
        store.AddTo(serve);
        tls.AddTo(serve);
        commands.AddTo(serve);
        broker.AddTo(serve);
        serve.SetAction(async (parsed, stop) =>
        {
            IngestOptions defaults = new();
            TimeSpan batchAge = parsed.GetValue(age) is { } ms ? TimeSpan.FromMilliseconds(ms) : defaults.BatchAge;
            IReadOnlyList<DoorUser> known = parsed.GetValue(users) is { } usersFile ? UsersFile.Read(usersFile) : DoorUser.OfThisMachine;
            int batchRows = parsed.GetValue(rows) ?? defaults.BatchRows;
            CloudOptions options = new CloudOptions
            {
                Store = store.Read(parsed),
                Mqtt = parsed.GetRequiredValue(mqtt) is "off" || parsed.GetValue(broker.Broker) is not null ? null : BindAddress.Parse("--mqtt", parsed.GetRequiredValue(mqtt)),
                Broker = broker.Read(parsed),
                Share = broker.ReadShare(parsed),
                Lease = parsed.GetValue(lease) is { } seconds ? TimeSpan.FromSeconds(seconds) : CloudOptions.DefaultLease,
                Http = BindAddress.Parse("--http", parsed.GetRequiredValue(http)),
                Tls = tls.Read(parsed),
                Users = known,
                LogFile = parsed.GetValue(logFile) is { } file ? Path.GetFullPath(file) : null,
                Commands = commands.Read(parsed, known),
                Ingest = defaults with
                {
                    BatchRows = batchRows,
                    TrickleRows = Math.Min(defaults.TrickleRows, batchRows),
                    BatchAge = batchAge,
                    Retention = RetentionOf(parsed.GetValue(retention) ?? []),
                    TrickleAge = batchAge > defaults.TrickleAge ? batchAge : defaults.TrickleAge,
                },
            }.Validate();
            return parsed.GetValue(dryRun)
                ? await MigrateCommand.RunAsync(options.Store, dryRun: true, Console.Out, stop)
                : await CloudService.RunAsync(options, Console.Out, stop);
        });
        return serve;
    }

    private static Command Migrate()
    {
        StoreArguments store = new();
        Option<bool> dryRun = new("--dry-run") { Description = "Prints the statements and changes nothing" };
        Command migrate = new("migrate", "Brings a store to this program's schema; serve does the same when it starts.") { dryRun };
        store.AddTo(migrate);
        migrate.SetAction((parsed, stop) => MigrateCommand.RunAsync(store.Read(parsed), parsed.GetValue(dryRun), Console.Out, stop));
        return migrate;
    }

    private static Command QueryCommandLine()
    {
        Argument<string?> sql = new("sql") { Description = "One statement that reads, for example \"SELECT count() FROM iot.readings\"", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> file = new("--file") { Description = "Reads the statement from a file, for example one of cloud/queries" };
        Option<string?> format = new("--format") { Description = "A format of ClickHouse, for example CSVWithNames, JSONEachRow, Parquet; without it a table is printed" };
        Option<string[]> parameters = new("--param") { Description = "NAME=VALUE for a placeholder {NAME:Type} in the statement; may be repeated", DefaultValueFactory = _ => [] };
        DoorArguments door = new();
        Command query = new("query", "Asks a running service.") { sql, file, format, parameters };
        door.AddTo(query);
        query.SetAction((parsed, stop) => AskAsync(door.Read(parsed), StatementOf(parsed.GetValue(sql), parsed.GetValue(file)), parsed.GetValue(format), parsed.GetValue(parameters) ?? [], stop));
        return query;
    }

    private static string StatementOf(string? sql, string? file)
    {
        if ((sql is null) == (file is null))
        {
            throw new OptionException("query", sql ?? file, "allowed is a statement or --file FILE, one of them");
        }

        try
        {
            return sql ?? File.ReadAllText(file!);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new OptionException("--file", file, $"allowed is a file that can be read: {unreadable.Message}");
        }
    }

    private static RetentionRules RetentionOf(string[] rules)
    {
        try
        {
            return new RetentionRules(rules);
        }
        catch (FormatException wrong)
        {
            throw new OptionException("--retention", string.Join(' ', rules), wrong.Message);
        }
    }

    private static async Task<int> AskAsync(ServerEngineOptions door, string sql, string? format, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        await using ServerEngine engine = new(door);
        await using Stream output = Console.OpenStandardOutput();
        return await new QueryCommand(engine, TableConsole(), output, Console.Error).RunAsync(sql, format, parameters, cancellationToken);
    }

    // A file or a pipe has no width to fold a table to, and no colours.
    private static IAnsiConsole TableConsole()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Console;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = WidthOfAFile;
        return console;
    }
}
