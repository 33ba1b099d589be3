using System.Diagnostics;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>A gateway with frames in its outbox and a real MQTT client: sends from the cursor, now and then twice, deletes on the cursor, survives any end of the service.</summary>
internal sealed class OutboxClient(TestGateway gateway, ulong epoch, byte[][] frames, TimeSpan pace = default)
{
    private const int Window = 32;
    private readonly GatewayTopics _topics = new(gateway.Id);
    private int _confirmed;

    public bool IsEmpty => Volatile.Read(ref _confirmed) == frames.Length;

    /// <summary>Connects again and again, and sends from the cursor whenever it stands still, until the outbox is empty.</summary>
    public async Task RunUntilEmptyAsync(int port, TimeSpan stall, TimeSpan limit)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!await RunAsync(port, stall))
        {
            Assert.True(clock.Elapsed < limit, $"{gateway.Id}: {_confirmed} of {frames.Length} frames of epoch {epoch} are confirmed after {clock.Elapsed}");
        }
    }

    /// <summary>Connects once and sends until the outbox is empty (true), or the connection is gone or the cursor stands still (false).</summary>
    public async Task<bool> RunAsync(int port, TimeSpan? stall = null)
    {
        TimeSpan patience = stall ?? TimeSpan.FromSeconds(180);
        using CancellationTokenSource gone = new(patience);
        TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using MqttClient client = new(new MqttClientOptions
        {
            Endpoint = new MqttEndpoint(MqttTransportKind.Tcp, "127.0.0.1", port),
            ClientId = gateway.Id.ToString(),
            Reconnect = new MqttReconnectOptions { Enabled = false },
        });
        client.Disconnected += _ => gone.Cancel();
        try
        {
            await client.ConnectAsync(gone.Token);
            await client.SubscribeAsync(
                _topics.Stored,
                (message, _) =>
                {
                    try
                    {
                        if (Learn(StoredCursor.Decode(message.Payload.Span), empty))
                        {
                            gone.CancelAfter(patience);
                        }
                    }
                    catch (Xunit.Sdk.XunitException wrong)
                    {
                        empty.TrySetException(wrong);
                    }

                    return ValueTask.CompletedTask;
                },
                cancellationToken: gone.Token);
            await SendAsync(client, gone.Token);
            await empty.Task.WaitAsync(gone.Token);
            return true;
        }
        catch (Exception lost) when (lost is MqttConnectionLostException or MqttConnectException or OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            return IsEmpty;
        }
    }

    private async Task SendAsync(MqttClient client, CancellationToken gone)
    {
        Task<MqttPublishResult> birth = PublishAsync(client, _topics.Birth, gateway.Birth.Encode(), retain: true, gone);
        Queue<Task<MqttPublishResult>> window = [];
        int first = Volatile.Read(ref _confirmed);
        if (first > 0)
        {
            await PublishAsync(client, _topics.Telemetry, new EpochPosition(epoch, (ulong)first + 1).Encode(), retain: false, gone);
        }

        for (int next = first; next < frames.Length; next++)
        {
            if (pace > TimeSpan.Zero)
            {
                await Task.Delay(pace, gone); // The rate at which frames come, not a wait for anything.
            }

            for (int times = next % 7 == 3 ? 2 : 1; times > 0; times--)
            {
                window.Enqueue(PublishAsync(client, _topics.Telemetry, frames[next], retain: false, gone));
            }

            if (window.Count >= Window)
            {
                Check(await window.Dequeue());
            }
        }

        while (window.TryDequeue(out Task<MqttPublishResult>? publish))
        {
            Check(await publish);
        }

        Check(await birth);
    }

    private static Task<MqttPublishResult> PublishAsync(MqttClient client, string topic, byte[] payload, bool retain, CancellationToken gone) =>
        client.PublishAsync(new MqttMessage { Topic = topic, Payload = payload, QualityOfService = MqttQualityOfService.AtLeastOnce, Retain = retain }, gone).AsTask();

    private static void Check(MqttPublishResult result) => Assert.True(result.ReasonCode is MqttReasonCode.Success or MqttReasonCode.NoMatchingSubscribers, result.ToString());

    // True when the cursor moved.
    private bool Learn(StoredCursor cursor, TaskCompletionSource empty)
    {
        int before = Volatile.Read(ref _confirmed);
        Assert.False(cursor.NewEpoch);
        Assert.Null(cursor.Refused);
        if (cursor.SequenceOf(epoch) is { } seq)
        {
            Volatile.Write(ref _confirmed, Math.Max(Volatile.Read(ref _confirmed), (int)seq));
        }

        if (IsEmpty)
        {
            empty.TrySetResult();
        }

        return Volatile.Read(ref _confirmed) > before;
    }
}
