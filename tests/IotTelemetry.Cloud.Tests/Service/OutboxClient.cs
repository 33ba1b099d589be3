using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>A gateway with frames in its outbox and a real MQTT client: sends from the cursor, deletes on the cursor, survives any end of the service.</summary>
internal sealed class OutboxClient(TestGateway gateway, ulong epoch, byte[][] frames)
{
    private const int Window = 32;
    private readonly GatewayTopics _topics = new(gateway.Id);
    private int _confirmed;

    public bool IsEmpty => Volatile.Read(ref _confirmed) == frames.Length;

    /// <summary>Connects once and sends until the outbox is empty (true) or the connection is gone (false).</summary>
    public async Task<bool> RunAsync(int port)
    {
        using CancellationTokenSource gone = new(TimeSpan.FromSeconds(180));
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
                    Learn(StoredCursor.Decode(message.Payload.Span), empty);
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
            window.Enqueue(PublishAsync(client, _topics.Telemetry, frames[next], retain: false, gone));
            if (window.Count == Window)
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

    private void Learn(StoredCursor cursor, TaskCompletionSource empty)
    {
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
    }
}
