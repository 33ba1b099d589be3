using System.Globalization;
using System.Reflection;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Frames, outbox and uplink of one gateway, wired and running. Closing it leaves everything on the disk.</summary>
internal sealed class GatewayRuntime : IAsyncDisposable
{
    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly MqttUplinkTransport _transport;
    private readonly CancellationTokenSource _stop = new();
    private readonly GatewayParts _parts;
    private readonly GatewayTopics _topics;
    private readonly GatewayAnnouncements _announcements;
    private readonly ILoggerFactory _logs;
    private readonly ResultQueue _results = new();
    private FrameUplink? _uplink;
    private Task _upkeep = Task.CompletedTask;

    public GatewayRuntime(GatewayParts parts, TimeProvider time, Random random, ILoggerFactory logs)
    {
        _parts = parts;
        _time = time;
        _logs = logs;
        Liveness = new Liveness(time);
        Outbox = FrameOutbox.Open(parts.Outbox, time, random, logs.CreateLogger("Outbox"));
        var header = new BirthHeader
        {
            Gateway = parts.Gateway,
            SoftwareVersion = Version,
            Board = parts.Board,
            BootId = HostBoot.Id,
            Epoch = Outbox.CurrentEpoch,
        };
        var log = logs.CreateLogger("Agent");
        var birth = BirthBuilder.Build(header, parts.Assets, parts.Points, parts.Rules);
        Outbox.SetBirth(birth.Encode(), earlier => GatewayAnnouncements.HashOfBirth(earlier, log) == birth.Hash);
        Frames = new FrameBuilder(Outbox, birth, parts.Framing, parts.Clock, time, logs.CreateLogger("Framing"));

        _announcements = new GatewayAnnouncements(birth, Outbox, Frames, parts.Clock, parts.Faults, log);
        _topics = new GatewayTopics(parts.Gateway);
        var will = new MqttMessage
        {
            Topic = _topics.Status,
            Payload = GatewayAnnouncements.Will(HostBoot.Id, time),
            QualityOfService = MqttQualityOfService.AtLeastOnce,
            Retain = true,
        };
        _transport = new MqttUplinkTransport(parts.Mqtt with { Will = new MqttWill(will), TimeProvider = time, Logger = logs.CreateLogger("Mqtt") }, _topics, parts.FirstConnectWithin);
    }

    public static string Version { get; } = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0.0.0";

    public FrameOutbox Outbox { get; }

    public FrameBuilder Frames { get; }

    /// <summary>Whether the gateway's loops go round.</summary>
    public Liveness Liveness { get; }

    /// <summary>The uplink at work; ends early only by an error.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    /// <summary>Frames that were refused for good since the start.</summary>
    public long FramesRefused => _uplink?.Counters.DeadLetters ?? 0;

    /// <summary>Begins to send and to keep the outbox.</summary>
    /// <param name="control">Takes commands and lockouts; null for a gateway that takes none.</param>
    public void Start(IGatewayControl? control = null)
    {
        var deadLetters = new DeadLetterFile(Path.Combine(_parts.StateDirectory, "dead-letters.jsonl"));
        _uplink = new FrameUplink(Outbox, _transport, _parts.Uplink, _topics, _announcements, deadLetters, _time, _logs.CreateLogger("Uplink"), control, _results);
        _announcements.Control = control;
        _parts.Faults.Changed += _uplink.OnStatusChanged;
        _upkeep = Outbox.RunAsync(_stop.Token, Liveness.Add("outbox"));
        Sending = _uplink.RunAsync(_stop.Token, Liveness.Add("uplink"));
    }

    /// <summary>How outbox and uplink are, for the health points.</summary>
    public GatewayCondition Condition()
    {
        var outbox = Outbox.Status();
        var dropped = (long)outbox.DroppedReadings + Frames.ReadingsLost;
        return new GatewayCondition((long)outbox.Depth, outbox.Bytes, dropped, Math.Max(0, (_uplink?.Counters.Connections ?? 0) - 1), FramesRefused, Outbox.IsFailing);
    }

    /// <summary>Looks for faults and makes one line for whoever looks at the service.</summary>
    public string Describe(FaultWatch watch)
    {
        watch.Look();
        var now = Condition();
        var link = _uplink?.State == UplinkState.Streaming ? "connected" : "not connected";
        var faults = _parts.Faults.List() is { } list ? "; does not work: " + string.Join(", ", list.Select(f => f.Part)) : "";
        return string.Create(CultureInfo.InvariantCulture, $"{link}; {now.OutboxFrames} frames wait ({now.OutboxBytes} bytes); {now.ReadingsDropped} readings dropped{faults}");
    }

    /// <summary>Sends a result of a command, over the next connection if there is none now.</summary>
    public void Tell(CommandResult result) => _results.Offer(result.Encode());

    /// <summary>Says the status soon, because something in it has changed.</summary>
    public void SayStatus() => _uplink?.OnStatusChanged();

    /// <summary>Waits until the results of commands are acknowledged, or <paramref name="giveUp"/> is cancelled.</summary>
    public async Task DeliverResultsAsync(CancellationToken giveUp)
    {
        while (_results is { Waiting: > 0, IsConnected: true } && !giveUp.IsCancellationRequested && !Sending.IsCompleted)
        {
            await Task.Delay(DrainLook, _time, giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits until the cloud has confirmed every frame; true when it has before <paramref name="giveUp"/> is cancelled.</summary>
    public async Task<bool> DrainAsync(CancellationToken giveUp)
    {
        while (Outbox.Status().Depth > 0 && !giveUp.IsCancellationRequested && !Sending.IsCompleted)
        {
            await Task.Delay(DrainLook, _time, giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return Outbox.Status().Depth == 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await Sending;
        }
        finally
        {
            if (_uplink is not null)
            {
                _parts.Faults.Changed -= _uplink.OnStatusChanged;
            }

            await _upkeep;
            await _transport.DisposeAsync();
            _uplink?.Dispose();
            Outbox.Dispose();
            _stop.Dispose();
        }
    }
}
