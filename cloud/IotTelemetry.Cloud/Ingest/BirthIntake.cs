using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Status;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>Takes births: remembers them, stores those that say something new, and releases the frames that waited for them.</summary>
internal sealed class BirthIntake(
    GatewayRegistry registry,
    FrameIntake frames,
    Batcher batcher,
    CursorPublisher cursors,
    LiveState? live,
    IngestOptions options,
    IngestCounters counters,
    ILogger<BirthIntake> logger)
{
    /// <summary>Takes what came in on a birth topic.</summary>
    public async ValueTask TakeAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Payload.IsEmpty)
        {
            delivery.Confirmation.Complete(Mqtt.MqttReasonCode.Success); // An empty retained message takes the retained one away; nothing is said (MQTT 5.0, 3.3.1.3).
            return;
        }

        GatewaySession? gateway = Find(delivery.Topic.Span, out string? problem);
        RefusalReason reason = RefusalReason.Invalid;
        Birth? birth = gateway is null ? null : Read(gateway, delivery.Payload.Span, out reason, out problem);
        if (gateway is null || birth is null)
        {
            ulong fingerprint = Fingerprint.Of(delivery.Payload.Span);
            await batcher.AddAsync(new RejectedMessageEntry(gateway, delivery.Reject(reason, problem!), fingerprint, delivery.ReceivedAtMs, delivery.Confirmation), cancellationToken);
            counters.MessageRejected();
            CloudLog.MessageRejected(logger, gateway?.Id.ToString() ?? "an unknown sender", delivery.Client, ReasonName.Of(reason), problem!);
            return;
        }

        await gateway.Turn.WaitAsync(cancellationToken);
        try
        {
            await TakeInTurnAsync(gateway, birth, delivery, cancellationToken);
        }
        finally
        {
            gateway.Turn.Release();
        }
    }

    private static Birth? Read(GatewaySession gateway, ReadOnlySpan<byte> payload, out RefusalReason reason, out string? problem)
    {
        try
        {
            Birth birth = Birth.Decode(payload);
            reason = RefusalReason.Forbidden;
            problem = $"the birth of {birth.Header.Gateway} on the topic of {gateway.Id}";
            return birth.Header.Gateway == gateway.Id ? birth : null;
        }
        catch (MessageFormatException refusal)
        {
            (reason, problem) = (refusal.Reason, refusal.Message);
            return null;
        }
    }

    private async ValueTask TakeInTurnAsync(GatewaySession gateway, Birth birth, Delivery delivery, CancellationToken cancellationToken)
    {
        counters.BirthReceived();

        // A birth that is not retained is one of an older model, for frames of a backlog: it must not pass for the gateway's present shape.
        bool isPresentShape = delivery.IsRetained || gateway.StoredBirth is null;
        bool isNews = isPresentShape && gateway.StoredBirth != birth.Hash;
        await batcher.AddAsync(new BirthEntry(gateway, birth, delivery.Payload, !isNews, delivery.ReceivedAtMs, delivery.Confirmation), cancellationToken);
        gateway.StoredBirth = isNews ? birth.Hash : gateway.StoredBirth;
        gateway.LiveEpoch = birth.Header.Epoch;
        gateway.AddBirth(new PreparedBirth(birth, options.Retention));
        LiveGateway? liveGateway = live?.Get(gateway.Id);
        liveGateway?.Heard(delivery.ReceivedAtMs);
        if (isPresentShape)
        {
            liveGateway?.Describe(birth, delivery.ReceivedAtMs);
        }

        await frames.ReleaseHeldAsync(gateway, cancellationToken);

        // A gateway that comes back learns at once where it stands.
        cursors.Touch(gateway);
    }

    private GatewaySession? Find(ReadOnlySpan<byte> topic, out string? problem) =>
        TopicAddress.TryParse(topic, out TopicAddress address, out problem) ? registry.Get(address) : null;
}
