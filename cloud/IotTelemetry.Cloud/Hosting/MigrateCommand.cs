using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Schema;
using Serilog;

namespace IotTelemetry.Cloud.Hosting;

/// <summary><c>iot-cloud migrate</c>, and <c>serve --dry-run</c>: brings a store to this program's schema, or prints what that would run.</summary>
internal static class MigrateCommand
{
    /// <summary>Runs or prints the migrations that are missing.</summary>
    /// <param name="options">Validated options.</param>
    /// <param name="dryRun">Only prints; the store is not changed, and a data directory that is not there is not made.</param>
    /// <param name="output">Gets the statements, or how many migrations ran.</param>
    /// <param name="stop">Ends it after the statement under way.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(StoreOptions options, bool dryRun, TextWriter output, CancellationToken stop)
    {
        if (dryRun && options.Servers is null && !Directory.Exists(options.DataDirectory))
        {
            await SchemaMigrator.PlanForNew(options.Database, options.Cluster).WriteAsync(output);
            return ExitCode.Success;
        }

        await using Serilog.Core.Logger log = Logs.Create(null);
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddSerilog(log));
        try
        {
            await using IClickHouseEngine engine = await StoreEngine.OpenAsync(options, logs, stop);
            SchemaMigrator migrator = new(engine, options.Database, logs.CreateLogger<SchemaMigrator>(), options.Cluster);
            if (dryRun)
            {
                await (await migrator.PlanAsync(stop)).WriteAsync(output);
            }
            else
            {
                await output.WriteLineAsync($"{await migrator.MigrateAsync(stop)} migrations run");
            }

            return ExitCode.Success;
        }
        catch (Exception failure) when (failure is ClickHouseException or SchemaException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"iot-cloud: cannot migrate: {failure.Message}");
            return ExitCode.CannotStart;
        }
    }
}
