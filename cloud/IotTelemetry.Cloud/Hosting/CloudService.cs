using IotTelemetry.Broker;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Api;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Door;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Metrics;
using IotTelemetry.Cloud.Rejects;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Status;
using IotTelemetry.Cloud.Telemetry;
using IotTelemetry.Cloud.Workers;
using IotTelemetry.Protocol;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;
using Serilog;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>The service: engine, schema, ledger, broker, HTTP, in this order; and back, when it is told to stop.</summary>
internal static class CloudService
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Runs until SIGTERM, SIGINT or <paramref name="stop"/>.</summary>
    /// <param name="options">Validated options.</param>
    /// <param name="output">Gets one line when everything listens: <c>listening mqtt=ADDRESS:PORT http=ADDRESS:PORT</c>.</param>
    /// <param name="stop">Asks for a stop, as SIGTERM does.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(CloudOptions options, TextWriter output, CancellationToken stop)
    {
        await using Serilog.Core.Logger log = Logs.Create(options.LogFile);
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddSerilog(log));
        try
        {
            await using IClickHouseEngine engine = await StoreEngine.OpenAsync(options.Store, logs, stop);
            await new SchemaMigrator(engine, options.Store.Database, logs.CreateLogger<SchemaMigrator>(), options.Store.Cluster).MigrateAsync(stop);
            await new Retention(engine, options.Store.Database, logs.CreateLogger<Retention>(), options.Store.Cluster).ApplyAsync(options.Ingest.Retention, stop);
            return await RunAsync(options, engine, output, log, logs, stop);
        }
        catch (Exception failure) when (failure is ClickHouseException or SchemaException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"iot-cloud: cannot start: {failure.Message}");
            return ExitCode.CannotStart;
        }
    }

    private static async Task<int> RunAsync(
        CloudOptions options, IClickHouseEngine engine, TextWriter output, Serilog.Core.Logger log, ILoggerFactory logs, CancellationToken stop)
    {
        ListenOptions? mqtt = null;
        ListenOptions? http = null;
        ListenOptions? https = null;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders().AddSerilog(log);
        builder.Services.AddMqttBroker(new MqttBrokerOptions { MaximumPacketSize = Birth.MaximumBytes + 65_536 });
        ApiHosting.AddServices(builder.Services);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1.5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DoorBody.LongestStatement;
            if (options.Mqtt is { } address)
            {
                kestrel.Listen(address, listen => mqtt = listen.UseMqttBroker());
            }

            kestrel.Listen(options.Http, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                http = listen;
            });
            options.Tls?.Listen(kestrel, listen => https = listen);
        });

        await using WebApplication app = builder.Build();
        MqttBroker broker = app.Services.GetRequiredService<MqttBroker>();
        LiveState live = new();
        StoreTables tables = new(options.Store.Database);
        await using GatewaySide gateways = new(options, engine, broker, logs);
        await using IngestPipeline ingest = new(
            engine, options.Store.Database, new LinkCursorSink(gateways.Link), options.Ingest.Of(options.Share), TimeProvider.System, logs, options.Share == WorkerShare.Whole ? live : null, guard: gateways.Guard);
        await using AssetService assets = new(engine, options.Store.Database, ingest, live, TimeProvider.System, logs);
        await using CommandRoom commands = new(engine, options.Store.Database, gateways.Link, new LiveTargets(live), live.Holds, options.Commands.Of(options.Share), TimeProvider.System, logs);
        ingest.Receive(gateways.Link);
        IWriterRole role = gateways.RoleOf(ingest);
        await role.StartAsync(stop);
        List<(string Name, Task Completion)> rooms = [];
        if (options.Share == WorkerShare.Whole && !options.IsStoreAlone)
        {
            // One process takes up the commands that are under way, and derives from all readings; several workers would each do so.
            assets.Start();
            commands.Receive(gateways.Link);
            ingest.Statuses.Heard += commands.Hear;
            await commands.StartAsync(stop);
            rooms = [("room of assets", assets.Completion), ("room of commands", commands.Completion)];
        }
        else
        {
            WorkerLog.PartOfFleet(logs.CreateLogger(nameof(CloudService)), options.Share.ToString());
        }

        ServiceHealth health = new(ingest, role);
        await using DoorService door = await DoorService.CreateAsync(engine, options.Store.Database, options.Users, TimeProvider.System, logs, stop);
        app.Use(LoopbackHosts.RefuseOthersAsync);
        using CloudMeter meter = new(ingest, role);
        using MetricCollector metrics = new(MetricExport.IsWanted);
        using MeterProvider? export = MetricExport.Start();
        using StoreProbe probe = new(engine, TimeProvider.System);
        StatusEndpoints.Map(app, ingest, () => gateways.Connections, health, probe, metrics, door, options.Share == WorkerShare.Whole ? assets.Rebuild : null);
        ApiHosting.Map(app, options.Share, live, assets.Changes, commands, new ApiLogin(door.Users, options.AsksForLogin), TimeProvider.System, logs);
        using RejectReplay replay = new(new RejectRecords(engine, tables), ingest, role);
        RejectEndpoints.Map(app, replay);
        door.Endpoint.Map(app);

        await app.StartAsync(stop);
        string mqttPlace = options.Broker?.Endpoint.ToString() ?? mqtt?.IPEndPoint?.ToString() ?? "off";
        CloudLog.Listening(logs.CreateLogger(nameof(CloudService)), mqttPlace, http!.IPEndPoint!.ToString(), options.Store.Place);
        await output.WriteLineAsync($"listening mqtt={mqttPlace} http={http.IPEndPoint}{(https is null ? "" : $" https={https.IPEndPoint}")}");
        await output.FlushAsync(CancellationToken.None);

        using CancellationTokenSource ended = new();
        Task writing = role.RunAsync(ended.Token);
        ActivitySampler sampler = new(engine, tables.InternalTelemetry, ingest.Registry, $"{Environment.MachineName}:{Environment.ProcessId}", TimeProvider.System, logs.CreateLogger<ActivitySampler>());
        Task sampling = sampler.RunAsync(ended.Token);
        int exitCode = await WaitAsync(app, logs, stop, [("ingest", ingest.Completion), ("right to write", writing), .. rooms]);
        health.Stopping();
        bool isDrained = await DrainAsync(options, gateways, ingest, commands, logs);
        await ended.CancelAsync();
        await Task.WhenAll(writing, sampling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await gateways.DisposeAsync();
        if (isDrained)
        {
            using CancellationTokenSource late = new(ReleaseTimeout);
            await role.ReleaseAsync(late.Token);
        }

        await app.StopAsync(CancellationToken.None);
        return exitCode;
    }

    private static async Task<int> WaitAsync(WebApplication app, ILoggerFactory logs, CancellationToken stop, params (string Name, Task Completion)[] parts)
    {
        TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration bySignal = app.Lifetime.ApplicationStopping.Register(() => stopping.TrySetResult());
        using CancellationTokenRegistration byCaller = stop.Register(() => stopping.TrySetResult());
        Task first = await Task.WhenAny([stopping.Task, .. parts.Select(part => part.Completion)]);
        if (first == stopping.Task)
        {
            return ExitCode.Success;
        }

        await first.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        CloudLog.PartFailed(
            logs.CreateLogger(nameof(CloudService)), parts.First(part => part.Completion == first).Name, (Exception?)first.Exception ?? new InvalidOperationException("it ended before it was told to"));
        return ExitCode.Failure;
    }

    private static async Task<bool> DrainAsync(CloudOptions options, GatewaySide gateways, IngestPipeline ingest, CommandRoom commands, ILoggerFactory logs)
    {
        Microsoft.Extensions.Logging.ILogger logger = logs.CreateLogger(nameof(CloudService));
        long start = TimeProvider.System.GetTimestamp();
        CloudLog.Draining(logger, ingest.Counters.FramesInFlight);
        gateways.Stop();
        await commands.StopAsync(options.DrainTimeout / 6);
        bool isDrained = await ingest.DrainAsync(options.DrainTimeout);
        if (isDrained)
        {
            CloudLog.Drained(logger, TimeProvider.System.GetElapsedTime(start));
        }
        else
        {
            CloudLog.NotDrained(logger, options.DrainTimeout, ingest.Counters.FramesInFlight);
        }

        return isDrained;
    }
}
