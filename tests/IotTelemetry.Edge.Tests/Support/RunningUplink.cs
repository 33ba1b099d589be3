using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests;

/// <summary>An uplink over a scripted transport, with an outbox in a directory of its own.</summary>
internal sealed class RunningUplink : IAsyncDisposable
{
    public static readonly GatewayTopics Topics = new(new GatewayId("site", "gw"));

    private readonly TempDirectory _own = new();
    private readonly string _directory;
    private readonly CancellationTokenSource _stop = new();
    private readonly FrameUplink _uplink;
    private readonly Task _running;

    public RunningUplink(Func<OutboxOptions, OutboxOptions>? outbox = null, Func<UplinkOptions, UplinkOptions>? uplink = null, int frames = 0, string? directory = null, ILogger? log = null)
    {
        _directory = directory ?? _own.Path;
        log ??= NullLogger.Instance;
        Outbox = TestOutbox.Open(Path.Combine(_directory, "outbox"), outbox, log);
        Outbox.SetBirth(PlainAnnouncements.Birth(1), b => b.Span.SequenceEqual(PlainAnnouncements.Birth(1)));
        Outbox.AppendMany(frames);
        _uplink = new FrameUplink(
            Outbox, Transport, uplink?.Invoke(new UplinkOptions()) ?? new UplinkOptions(), Topics, new PlainAnnouncements(1), new DeadLetterFile(DeadLetters), TimeProvider.System, log);
        _running = _uplink.RunAsync(_stop.Token);
    }

    public FrameOutbox Outbox { get; }

    public ScriptedTransport Transport { get; } = new(Topics);

    public string DeadLetters => Path.Combine(_directory, "dead-letters.jsonl");

    public UplinkCounters Counters => _uplink.Counters;

    public async Task ConfirmAsync(ulong seq)
    {
        await Transport.StoreAsync(Outbox.CurrentEpoch, seq);
        await EventuallyAsync(() => Outbox.Epochs()[^1].ConfirmedSeq == seq);
    }

    public async Task ReconnectAsync()
    {
        Transport.Drop();
        await Transport.ConnectAsync();
    }

    public static async Task EventuallyAsync(Func<bool> holds)
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!holds())
        {
            await Task.Delay(5, giveUp.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(60));
        _uplink.Dispose();
        Outbox.Dispose();
        _stop.Dispose();
        _own.Dispose();
    }
}
