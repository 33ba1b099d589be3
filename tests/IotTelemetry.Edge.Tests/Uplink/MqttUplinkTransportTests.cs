using IotTelemetry.Edge.Uplink;
using IotTelemetry.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Uplink;

public sealed class MqttUplinkTransportTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();
    private readonly SilentBroker _broker = new();

    public void Dispose()
    {
        _broker.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task An_error_that_is_no_network_s_ends_the_uplink_at_the_first_connection()
    {
        var running = RunAsync(Options() with { Authenticator = new BrokenKey() });
        Assert.Equal("the key is broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => running.WaitAsync(Patience))).Message);
    }

    [Fact]
    public async Task An_error_that_is_no_network_s_ends_the_uplink_at_a_later_connection()
    {
        var running = RunAsync(Options() with { Random = static () => throw new InvalidOperationException("the dice are broken") });
        (await _broker.AcceptUntilAsync(SilentBroker.Subscribe)).Dispose();
        Assert.Equal("the dice are broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => running.WaitAsync(Patience))).Message);
    }

    [Fact]
    public async Task The_first_connection_of_a_fleet_that_is_switched_on_together_is_spread()
    {
        var time = new HourlessTime();
        await using var transport = new MqttUplinkTransport(Options() with { TimeProvider = time, Random = static () => 0.5 }, RunningUplink.Topics, TimeSpan.FromHours(4));
        using var events = new UplinkInbox(null, NullLogger.Instance);
        await transport.StartAsync(events, CancellationToken.None);
        (await _broker.AcceptUntilAsync(SilentBroker.Connect)).Dispose();
        Assert.Equal(TimeSpan.FromHours(2), time.Skipped);
    }

    private MqttClientOptions Options() => new() { Endpoint = _broker.Endpoint, ClientId = "tested" };

    private async Task RunAsync(MqttClientOptions options)
    {
        using var outbox = TestOutbox.Open(Path.Combine(_directory.Path, "outbox"));
        outbox.SetBirth(PlainAnnouncements.Birth(1), static _ => true);
        await using var transport = new MqttUplinkTransport(options, RunningUplink.Topics);
        using var letters = new DeadLetterFile(Path.Combine(_directory.Path, "dead-letters.jsonl"));
        using var uplink = new FrameUplink(
            outbox, transport, new UplinkOptions(), RunningUplink.Topics, new PlainAnnouncements(1), letters, TimeProvider.System, NullLogger.Instance);
        await uplink.RunAsync(CancellationToken.None);
    }

    private sealed class BrokenKey : IMqttAuthenticator
    {
        public string Method => "key";

        public ValueTask<ReadOnlyMemory<byte>> StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("the key is broken");

        public ValueTask<ReadOnlyMemory<byte>> ContinueAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    /// <summary>The system's time, in which a wait of an hour and more is over at once.</summary>
    private sealed class HourlessTime : TimeProvider
    {
        private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

        public TimeSpan Skipped { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Skipped = dueTime >= Hour ? dueTime : Skipped;
            return base.CreateTimer(callback, state, dueTime >= Hour ? TimeSpan.Zero : dueTime, period);
        }
    }
}
