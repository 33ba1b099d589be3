using Microsoft.Extensions.Logging;

namespace IotTelemetry.Mqtt.Tests.Client;

/// <summary>What is logged of an end that the program asked for, and of one that it did not.</summary>
public sealed class GoodbyeTests : ClientFixture
{
    private const int SaidGoodbye = 3006;
    private const int Disconnected = 3001;

    private readonly RecordingLog _log = new();

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task An_end_that_the_program_asked_for_is_no_warning(MqttProtocolVersion version)
    {
        var (client, _) = await ConnectAsync(Server.Options with { Logger = _log, ProtocolVersion = version });
        await Within.Time(client.DisposeAsync().AsTask());
        Assert.Equal((LogLevel.Information, SaidGoodbye, null), _log.Entries.Last());
        Assert.DoesNotContain(_log.Entries, static entry => entry.Level > LogLevel.Information);
    }

    [Fact]
    public async Task A_server_that_closes_during_the_goodbye_neither_cuts_it_short_nor_makes_it_a_loss()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { Logger = _log });
        var publishing = Enumerable.Range(0, 50).Select(_ => client.PublishAsync(Message("a", new string('x', 100_000), 0)).AsTask()).ToArray();
        await Within.Time(publishing[0]);
        var disconnecting = client.DisconnectAsync();
        peer.FinishSending(); // while the publications, unread, fill every buffer on the way
        Assert.Equal(MqttReasonCode.Success, await peer.ReadDisconnectAsync());
        await Within.Time(disconnecting);
        Assert.Equal((LogLevel.Information, SaidGoodbye, null), _log.Entries.Last());
        await Task.WhenAny(Task.WhenAll(publishing)); // those behind the goodbye fail
    }

    [Fact]
    public async Task A_goodbye_that_cannot_be_sent_is_a_warning()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { Logger = _log, DisposeTimeout = TimeSpan.FromMilliseconds(200) });
        var publishing = Enumerable.Range(0, 200).Select(_ => client.PublishAsync(Message("a", new string('x', 100_000), 0)).AsTask()).ToArray();
        await Within.Time(client.DisposeAsync().AsTask());
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => Within.Time(Task.WhenAll(publishing)));
        var (level, id, exception) = _log.Entries.Last();
        Assert.Equal((LogLevel.Warning, Disconnected), (level, id));
        Assert.IsType<TimeoutException>(exception);
        peer.Dispose();
    }

    [Fact]
    public async Task A_lost_link_is_a_warning_also_when_the_client_is_disposed_later()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { Logger = _log });
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Disconnected += _ => ended.TrySetResult();
        peer.Dispose();
        await Within.Time(ended.Task);
        await Within.Time(client.DisposeAsync().AsTask());
        Assert.Contains(_log.Entries, static entry => entry is { Level: LogLevel.Warning, Id: Disconnected, Exception: not null });
        Assert.DoesNotContain(_log.Entries, static entry => entry.Id == SaidGoodbye);
    }
}
