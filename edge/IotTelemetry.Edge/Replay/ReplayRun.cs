using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Replay;

/// <summary>Sends a file's readings the way a board's go: frames, outbox, uplink. Ends when the cloud has confirmed them all. Killed at any moment and started again, it goes on where it was.</summary>
internal sealed class ReplayRun(ReplayRequest request, TimeProvider time, ILoggerFactory logs)
{
    private const int ReadingsPerFrame = 1000;

    /// <summary>How often the outbox is looked at for room.</summary>
    private const int ReadingsBetweenLooks = 20_000;

    private static readonly TimeSpan RoomLook = TimeSpan.FromMilliseconds(20);

    private readonly ILogger _log = logs.CreateLogger("Replay");

    /// <exception cref="ReplayException">The file or an argument cannot be used.</exception>
    /// <exception cref="IOException">The file cannot be read, or the outbox not written.</exception>
    public async Task<ReplaySummary> RunAsync(CancellationToken stopping)
    {
        if (!GatewayId.TryParse($"{request.Site}/{request.Gateway}", out var id, out var problem))
        {
            throw new ReplayException(problem);
        }

        if (!BrokerEndpoint.TryParse(request.Endpoint, out var broker, out problem))
        {
            throw new ReplayException($"--mqtt {problem}");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(request.TimeZone, out var timeZone))
        {
            throw new ReplayException($"--time-zone {request.TimeZone} is not known on this machine; allowed: names such as UTC or Europe/Paris (package tzdata)");
        }

        var counts = new ReplayCounts(request.File, _log);
        var source = ReplayFormats.Open(request.Format, request.File, timeZone, counts);
        var rules = source.Points.Select(_ => new PointRule { MaximumSilence = null }).ToArray();
        var framing = new FramingOptions { MaximumReadings = ReadingsPerFrame, IsReproducible = true };
        var outbox = new OutboxOptions
        {
            Directory = EdgeConfiguration.OutboxDirectory(request.StateDirectory),
            ReproducibleEpoch = ReplayIdentity.EpochOf(request, HashOfModel(id, source, rules), framing.MaximumReadings),
        };
        var clock = new AssumedClock(time, ClockQuality.Unknown);
        await using var gateway = new GatewayRuntime(
            new GatewayParts
            {
                Gateway = id,
                Board = $"replay-{request.Format}",
                Assets = source.Assets,
                Points = source.Points,
                Rules = rules,
                StateDirectory = request.StateDirectory,
                Mqtt = new MqttClientOptions { Endpoint = broker, ClientId = id.ToString() },
                Outbox = outbox,
                Framing = framing,
                Clock = clock,
                Faults = new FaultBook(clock),
            },
            time,
            Random.Shared,
            logs);
        ReplayLog.Started(_log, request.File, id.ToString(), source.Assets.Count, source.Points.Count);
        var before = (long)gateway.Outbox.ReadingsInEpoch;
        if (before > 0)
        {
            ReplayLog.Resumed(_log, before);
        }

        gateway.Start();
        var drained = false;
        if (await AppendAllAsync(source, gateway, before, outbox.MaximumBytes / 2, stopping))
        {
            gateway.Frames.Seal();
            drained = await gateway.DrainAsync(stopping);
        }

        return new ReplaySummary(counts.Rows, counts.BadRows, counts.RepeatedRows, counts.MissingValues, before + gateway.Frames.ReadingsTaken, gateway.FramesRefused, drained);
    }

    private static BirthHash HashOfModel(GatewayId gateway, IReplaySource source, PointRule[] rules)
    {
        var header = new BirthHeader { Gateway = gateway, SoftwareVersion = GatewayRuntime.Version, Board = "", BootId = HostBoot.Id, Epoch = 0 };
        return BirthBuilder.Build(header, source.Assets, source.Points, rules).Hash;
    }

    /// <summary>Appends what an earlier run has not; false when it was stopped before the end. The open frame is then left out: it would be another than the one that the next run makes.</summary>
    private async Task<bool> AppendAllAsync(IReplaySource source, GatewayRuntime gateway, long before, long mostBytes, CancellationToken stopping)
    {
        var untilLook = ReadingsBetweenLooks;
        foreach (var reading in source.Readings())
        {
            if (before-- > 0)
            {
                continue;
            }

            gateway.Frames.Add(reading.Point, reading.TimestampMs, reading.Value, Quality.Good);
            if (--untilLook > 0)
            {
                continue;
            }

            // A file is in no hurry: it waits for room, so that nothing is ever dropped.
            untilLook = ReadingsBetweenLooks;
            while (gateway.Outbox.Status().Bytes > mostBytes && !gateway.Sending.IsCompleted && !stopping.IsCancellationRequested)
            {
                await Task.Delay(RoomLook, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (stopping.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }
}
