using IotTelemetry.Broker;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Api;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Door;
using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Status;
using IotTelemetry.Protocol;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serilog;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>The service: engine, schema, ledger, broker, HTTP, in this order; and back, when it is told to stop.</summary>
internal static class CloudService
{
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
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders().AddSerilog(log);
        builder.Services.AddMqttBroker(new MqttBrokerOptions { MaximumPacketSize = Birth.MaximumBytes + 65_536 });
        ApiHosting.AddServices(builder.Services);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1.5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DoorBody.LongestStatement;
            kestrel.Listen(options.Mqtt, listen => mqtt = listen.UseMqttBroker());
            kestrel.Listen(options.Http, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                http = listen;
            });
        });

        await using WebApplication app = builder.Build();
        MqttBroker broker = app.Services.GetRequiredService<MqttBroker>();
        LiveState live = new();
        EmbeddedBrokerLink link = new(broker, TimeProvider.System);
        await using IngestPipeline ingest = new(engine, options.Store.Database, new LinkCursorSink(link), options.Ingest, TimeProvider.System, logs, live);
        await ingest.StartAsync(stop);
        await using AssetService assets = new(engine, options.Store.Database, ingest, live, TimeProvider.System, logs);
        assets.Start();
        ingest.Receive(link);
        await using CommandRoom commands = new(engine, options.Store.Database, link, new LiveTargets(live), live.Holds, options.Commands, TimeProvider.System, logs);
        await commands.StartAsync(stop);
        commands.Receive(link);
        ingest.Statuses.Heard += commands.Hear;

        ServiceHealth health = new(ingest);
        app.Use(LoopbackHosts.RefuseOthersAsync);
        StatusEndpoints.Map(app, ingest, broker, health);
        ApiHosting.Map(app, live, assets.Changes, commands, TimeProvider.System, logs);
        await using DoorService door = await DoorService.CreateAsync(engine, options.Store.Database, options.Users, TimeProvider.System, logs, stop);
        door.Endpoint.Map(app);

        await app.StartAsync(stop);
        string listening = $"mqtt={mqtt!.IPEndPoint} http={http!.IPEndPoint}";
        CloudLog.Listening(logs.CreateLogger(nameof(CloudService)), mqtt.IPEndPoint!.ToString(), http.IPEndPoint!.ToString(), options.Store.Place);
        await output.WriteLineAsync($"listening {listening}");
        await output.FlushAsync(CancellationToken.None);

        int exitCode = await WaitAsync(app, logs, stop, ("ingest", ingest.Completion), ("room of assets", assets.Completion), ("room of commands", commands.Completion));
        health.Stopping();
        await DrainAsync(options, link, ingest, commands, logs);
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

    private static async Task DrainAsync(CloudOptions options, EmbeddedBrokerLink link, IngestPipeline ingest, CommandRoom commands, ILoggerFactory logs)
    {
        Microsoft.Extensions.Logging.ILogger logger = logs.CreateLogger(nameof(CloudService));
        long start = TimeProvider.System.GetTimestamp();
        CloudLog.Draining(logger, ingest.Counters.FramesInFlight);
        link.Stop();
        await commands.StopAsync(options.DrainTimeout / 6);
        if (await ingest.DrainAsync(options.DrainTimeout))
        {
            CloudLog.Drained(logger, TimeProvider.System.GetElapsedTime(start));
        }
        else
        {
            CloudLog.NotDrained(logger, options.DrainTimeout, ingest.Counters.FramesInFlight);
        }
    }
}
