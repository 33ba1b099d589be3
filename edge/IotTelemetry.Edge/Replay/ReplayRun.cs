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

/// <summary>Sends a file's readings the way a board's go: frames, outbox, uplink. Ends when the cloud has confirmed them all.</summary>
internal sealed class ReplayRun(ReplayRequest request, TimeProvider time, ILoggerFactory logs)
{
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

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(request.TimeZone, out var timeZone))
        {
            throw new ReplayException($"--time-zone {request.TimeZone} is not known on this machine; allowed: names such as UTC or Europe/Paris (package tzdata)");
        }

        var counts = new ReplayCounts(request.File, _log);
        var source = ReplayFormats.Open(request.Format, request.File, timeZone, counts);
        var outbox = new OutboxOptions { Directory = EdgeConfiguration.OutboxDirectory(request.StateDirectory) };
        var everyValue = new PointRule { MaximumSilence = null };
        var clock = new AssumedClock(time, ClockQuality.Unknown);
        await using var gateway = new GatewayRuntime(
            new GatewayParts
            {
                Gateway = id,
                Board = $"replay-{request.Format}",
                Assets = source.Assets,
                Points = source.Points,
                Rules = [.. source.Points.Select(_ => everyValue)],
                StateDirectory = request.StateDirectory,
                Mqtt = new MqttClientOptions { Endpoint = BrokerEndpoint.Parse(request.Endpoint), ClientId = id.ToString() },
                Outbox = outbox,
                Framing = new FramingOptions { MaximumReadings = 1000 },
                Clock = clock,
                Faults = new FaultBook(clock),
            },
            time,
            Random.Shared,
            logs);
        ReplayLog.Started(_log, request.File, id.ToString(), source.Assets.Count, source.Points.Count);
        gateway.Frames.BeginEpoch("a replay begins");
        gateway.Start();
        await AppendAllAsync(source, gateway, outbox.MaximumBytes / 2, stopping);
        gateway.Frames.Seal();
        var drained = await gateway.DrainAsync(stopping);
        return new ReplaySummary(counts.Rows, counts.BadRows, counts.RepeatedRows, counts.MissingValues, gateway.Frames.ReadingsTaken, gateway.FramesRefused, drained);
    }

    private async Task AppendAllAsync(IReplaySource source, GatewayRuntime gateway, long mostBytes, CancellationToken stopping)
    {
        var untilLook = ReadingsBetweenLooks;
        foreach (var reading in source.Readings())
        {
            gateway.Frames.Add(reading.Point, reading.TimestampMs, reading.Value, Quality.Good);
            if (--untilLook > 0)
            {
                continue;
            }

            // A file is in no hurry: it waits for room, so that nothing is ever dropped.
            untilLook = ReadingsBetweenLooks;
            while (gateway.Outbox.Status().Bytes > mostBytes && !gateway.Sending.IsCompleted)
            {
                await Task.Delay(RoomLook, time, stopping);
            }
        }
    }
}
