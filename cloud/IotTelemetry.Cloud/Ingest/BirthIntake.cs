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
        Birth? birth = null;
        RefusalReason reason = RefusalReason.Invalid;
        if (gateway is not null)
        {
            try
            {
                birth = Birth.Decode(delivery.Payload.Span);
                if (birth.Header.Gateway != gateway.Id)
                {
                    (birth, reason, problem) = (null, RefusalReason.Forbidden, $"the birth of {birth.Header.Gateway} on the topic of {gateway.Id}");
                }
            }
            catch (MessageFormatException refusal)
            {
                (reason, problem) = (refusal.Reason, refusal.Message);
            }
        }

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

    private async ValueTask TakeInTurnAsync(GatewaySession gateway, Birth birth, Delivery delivery, CancellationToken cancellationToken)
    {
        counters.BirthReceived();
        await batcher.AddAsync(
            new BirthEntry(gateway, birth, delivery.Payload, IsStored: gateway.StoredBirth == birth.Hash, delivery.ReceivedAtMs, delivery.Confirmation), cancellationToken);
        gateway.StoredBirth = birth.Hash;
        gateway.AddBirth(new PreparedBirth(birth));
        await frames.ReleaseHeldAsync(gateway, cancellationToken);

        // A gateway that comes back learns at once where it stands.
        cursors.Touch(gateway);
    }

    private GatewaySession? Find(ReadOnlySpan<byte> topic, out string? problem) =>
        TopicAddress.TryParse(topic, out TopicAddress address, out problem) ? registry.Get(address) : null;
}
