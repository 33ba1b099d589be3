using IotTelemetry.Edge.Uplink;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>What goes on for weeks is said once, until it changes: the log lies on the same card.</summary>
public sealed class QuietLogTests
{
    [Fact]
    public async Task A_broker_that_refuses_frame_after_frame_is_told_once_for_each_reason()
    {
        var log = new RecordingLog();
        await using var uplink = new RunningUplink(uplink: o => o with { RefusalPause = TimeSpan.FromMilliseconds(5) }, frames: 1, log: log);
        var refusals = 0;
        uplink.Transport.Answer = m => m.Topic == RunningUplink.Topics.Telemetry ? new PublishAnswer(false, refusals++ < 4 ? "QuotaExceeded" : "NotAuthorized") : new PublishAnswer(true, "");
        await uplink.Transport.ConnectAsync();
        await uplink.Transport.NextSeqsAsync(8);
        Assert.Equal(["QuotaExceeded", "NotAuthorized"], log.Lines.Where(l => l.Contains("pausing, then", StringComparison.Ordinal)).Select(l => l.Split('(', ')')[1]));

        // Once the cursor has moved, it is news again.
        uplink.Transport.Answer = static _ => new PublishAnswer(true, "");
        await uplink.ConfirmAsync(1);
        uplink.Transport.Answer = static m => m.Topic == RunningUplink.Topics.Telemetry ? new PublishAnswer(false, "NotAuthorized") : new PublishAnswer(true, "");
        uplink.Outbox.AppendMany(1);
        await RunningUplink.EventuallyAsync(() => log.Lines.Count(l => l.Contains("pausing, then", StringComparison.Ordinal)) == 3);
    }

    [Fact]
    public async Task A_broker_that_refuses_the_birth_again_and_again_is_told_once()
    {
        var log = new RecordingLog();
        await using var uplink = new RunningUplink(uplink: o => o with { RefusalPause = TimeSpan.FromMilliseconds(5) }, log: log);
        uplink.Transport.Answer = static m => m.Topic == RunningUplink.Topics.Birth ? new PublishAnswer(false, "NotAuthorized") : new PublishAnswer(true, "");
        await uplink.Transport.ConnectAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(RunningUplink.Topics.Birth, (await uplink.Transport.NextAsync()).Topic);
        }

        Assert.Single(log.Lines, l => l.Contains("refused the message", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_never_was_is_not_lost_and_a_birth_nobody_has_is_told_once()
    {
        var log = new RecordingLog();
        await using var uplink = new RunningUplink(frames: 1, log: log);
        await uplink.Transport.ConnectAsync();
        await uplink.Transport.NextSeqsAsync(1);
        for (var i = 0; i < 3; i++)
        {
            await uplink.Transport.SayAsync(new StoredCursor { Epochs = [], Rebirth = [new BirthHash(99)] });
        }

        uplink.Transport.Drop();
        uplink.Transport.Drop();
        await uplink.Transport.ConnectAsync();
        await uplink.Transport.NextSeqsAsync(1);
        Assert.Single(log.Lines, l => l.Contains("is lost", StringComparison.Ordinal));
        Assert.Single(log.Lines, l => l.Contains("describes no frame", StringComparison.Ordinal));
    }

    [SmallDiskFact]
    public void Frames_that_a_full_disk_does_not_take_are_counted_and_told_once_and_so_is_their_end()
    {
        using var disk = new SmallDisk(256 * 1024);
        var log = new RecordingLog();
        var time = new SteppedTime();
        using var outbox = TestOutbox.Open(Path.Combine(disk.Path, "outbox"), time: time, log: log);
        var frames = outbox.Frames(time, log);
        disk.Fill();
        Lose(20);
        disk.Free();
        Lose(1);
        Assert.Equal(20, frames.ReadingsLost);
        Assert.Equal(["A frame with 1 readings is lost", "The outbox takes frames again; 20 readings were lost"], log.Lines.Where(l => l.Contains("lost", StringComparison.Ordinal)).Select(l => l.Split(',')[0]));
        Assert.Single(log.Lines, l => l.Contains("Could not append", StringComparison.Ordinal));
        Assert.InRange(log.Lines.Count(l => l.Contains("Could not force", StringComparison.Ordinal)), 0, 1);

        void Lose(int count)
        {
            for (var i = 0; i < count; i++)
            {
                frames.Add(0, time.GetUtcNow().ToUnixTimeMilliseconds(), i, Quality.Good);
                frames.Seal();
                outbox.Confirm(outbox.CurrentEpoch, 1);
                time.Pass(TimeSpan.FromSeconds(6));
                outbox.Maintain();
            }
        }
    }

    [Fact]
    public async Task A_broker_that_is_away_is_a_warning_once()
    {
        var log = new LevelLog();
        await using var client = new MqttClient(new MqttClientOptions
        {
            Endpoint = new MqttEndpoint(MqttTransportKind.Tcp, "127.0.0.1", 1),
            Logger = log,
            Reconnect = new MqttReconnectOptions { RetryFirstConnection = true, InitialDelay = TimeSpan.FromMilliseconds(1), MaximumDelay = TimeSpan.FromMilliseconds(2) },
        });
        using var stop = new CancellationTokenSource();
        var connecting = client.ConnectAsync(stop.Token);
        await RunningUplink.EventuallyAsync(() => log.Quiet > 3);
        Assert.Equal(1, log.Loud);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    private sealed class LevelLog : ILogger
    {
        private int _loud;
        private int _quiet;

        public int Loud => Volatile.Read(ref _loud);

        public int Quiet => Volatile.Read(ref _quiet);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Increment(ref logLevel >= LogLevel.Information ? ref _loud : ref _quiet);
    }
}
