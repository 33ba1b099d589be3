using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Status;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>
/// Takes frames: header, place in the epoch, birth, readings, batch. Every frame ends in exactly one of these: stored, rejected (kept raw, passed by the cursor), confirmed as a repeat,
/// held for its birth, or left with its gateway. Positions come between them. Called on the connections' read loops; one message of a gateway at a time.
/// </summary>
internal sealed class FrameIntake(
    GatewayRegistry registry,
    FrameJudge judge,
    BirthBook births,
    FrameReaderPool readers,
    Batcher batcher,
    CursorPublisher cursors,
    HeldRoom heldRoom,
    LiveState? live,
    IngestOptions options,
    IngestCounters counters,
    TimeProvider time,
    ILogger<FrameIntake> logger)
{
    /// <summary>Takes what came in on a telemetry topic. When the task completes the memory is free; the confirmation comes later, when the rows are stored.</summary>
    public async ValueTask TakeAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (!EpochPosition.IsPosition(delivery.Payload.Span))
        {
            counters.FrameReceived();
        }

        if (Find(delivery.Topic.Span, out string? problem) is not { } gateway)
        {
            await RejectMessageAsync(null, delivery, RefusalReason.Invalid, problem!, cancellationToken);
            return;
        }

        await gateway.Turn.WaitAsync(cancellationToken);
        try
        {
            await ReleaseHeldAsync(gateway, cancellationToken);
            await TakeInTurnAsync(gateway, delivery, cancellationToken);
        }
        finally
        {
            gateway.Turn.Release();
        }
    }

    /// <summary>Takes, in order, the held frames whose birth is known by now. The caller has the gateway's turn.</summary>
    public async ValueTask ReleaseHeldAsync(GatewaySession gateway, CancellationToken cancellationToken)
    {
        while (gateway.Held.TryPeek(out HeldFrame? held))
        {
            if (held.Payload is null)
            {
                await batcher.AddAsync(new RepeatEntry(gateway, held.Confirmation), cancellationToken);
            }
            else
            {
                FrameHeader header = FrameHeader.Read(held.Payload);
                if (await births.FindAsync(gateway, header.BirthHash, cancellationToken) is not { } birth)
                {
                    return;
                }

                Delivery delivery = new(held.Topic, held.Payload, held.Client, held.ReceivedAtMs, false, held.Confirmation);
                await AcceptAsync(gateway, birth, Facts(gateway.Epoch(header.Epoch), header, delivery), delivery, cancellationToken);
            }

            // Only now: when waiting for room is cancelled, the frame stays held.
            gateway.Held.Dequeue();
            heldRoom.Release(held.Bytes);
        }
    }

    /// <summary>Takes a frame that was rejected once more: its cursor has passed, so nothing is told to its gateway.</summary>
    /// <param name="gateway">Whose it is.</param>
    /// <param name="frame">Its bytes.</param>
    /// <param name="receivedAtMs">When it came in first.</param>
    /// <param name="dryRun">Only looks whether it could be stored.</param>
    /// <param name="storedUnder">What is stored under its number already, asked with the times of its first and last reading.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many readings it has, and why it still cannot be stored; null when it can.</returns>
    public async Task<(int Readings, string? Problem)> RetakeAsync(
        GatewaySession gateway,
        byte[] frame,
        long receivedAtMs,
        bool dryRun,
        Func<long, long, Task<IReadOnlyList<(int Month, string Kind)>>> storedUnder,
        CancellationToken cancellationToken)
    {
        FrameHeader header;
        try
        {
            header = FrameHeader.Read(frame);
        }
        catch (FrameFormatException refusal)
        {
            return (0, refusal.Message);
        }

        await gateway.Turn.WaitAsync(cancellationToken);
        FrameReader reader = readers.Rent();
        try
        {
            if (await births.FindAsync(gateway, header.BirthHash, cancellationToken) is not { } birth)
            {
                births.Ask(gateway, header.BirthHash);
                return (0, $"its birth {header.BirthHash} is not known; the gateway is asked for it");
            }

            if (!reader.TryRead(frame, birth.Birth, time.GetUtcNow().ToUnixTimeMilliseconds(), out _, out string detail))
            {
                return (0, detail);
            }

            if (!dryRun)
            {
                // A state of its own: the place of the gateway's next frame is none of this frame's business.
                EpochState aside = new(header.Epoch);
                (long first, long last) = Span(reader.Columns.TimestampsMs);
                foreach ((int month, string kind) in await storedUnder(first, last))
                {
                    aside.MarkUnfinished(month, kind, header.Sequence);
                }

                FrameFacts facts = new(aside, header.Sequence, Fingerprint.Of(frame), frame.Length, header.SealedAtMs, receivedAtMs, ClockIsKnown: false);
                counters.FrameTaken();
                await batcher.AddAsync(new FrameEntry(gateway, birth, reader.Columns, facts, new Confirmation(static _ => { })), cancellationToken);
                counters.ReadingsTaken(reader.Columns.Count);
            }

            return (reader.Columns.Count, null);
        }
        finally
        {
            readers.Return(reader);
            gateway.Turn.Release();
        }
    }

    private static (long First, long Last) Span(ReadOnlySpan<long> timestamps)
    {
        long first = long.MaxValue;
        long last = long.MinValue;
        foreach (long timestamp in timestamps)
        {
            first = Math.Min(first, timestamp);
            last = Math.Max(last, timestamp);
        }

        return (first, last);
    }

    /// <summary>Drops the frames that wait for a birth, unconfirmed: the gateway sends them to whoever takes it over. Nothing of the gateway is being taken.</summary>
    public void ForgetHeld(GatewaySession gateway)
    {
        while (gateway.Held.TryDequeue(out HeldFrame? held))
        {
            heldRoom.Release(held.Bytes);
            if (held.Payload is not null)
            {
                counters.FrameGivenUp();
            }
        }
    }

    private GatewaySession? Find(ReadOnlySpan<byte> topic, out string? problem) =>
        TopicAddress.TryParse(topic, out TopicAddress address, out problem) ? registry.Get(address) : null;

    private async ValueTask TakeInTurnAsync(GatewaySession gateway, Delivery delivery, CancellationToken cancellationToken)
    {
        FrameHeader header;
        try
        {
            if (EpochPosition.IsPosition(delivery.Payload.Span))
            {
                TakePosition(gateway, EpochPosition.Read(delivery.Payload.Span), delivery.Confirmation);
                return;
            }

            header = FrameHeader.Read(delivery.Payload.Span);
        }
        catch (FrameFormatException refusal)
        {
            await RejectMessageAsync(gateway, delivery, refusal.Reason, refusal.Message, cancellationToken);
            return;
        }

        FrameFacts facts = Facts(gateway.Epoch(header.Epoch), header, delivery);
        try
        {
            await PlaceAsync(gateway, facts, header.BirthHash, delivery, cancellationToken);
        }
        catch (ClickHouseException failure)
        {
            // A look-up in the store failed. The frame stays with its gateway, and so do those behind it, until it comes again.
            CloudLog.LookupFailed(logger, gateway.Id.ToString(), failure);
            if (facts.Seq < facts.Epoch.AcceptedNext)
            {
                facts.Epoch.Uncompared = facts.Seq;
            }

            Refuse(gateway, delivery, MqttReasonCode.ImplementationSpecificError);
        }
    }

    /// <summary>What a gateway gave up would be waited for in vain. Needs no durability: what is not stored comes again after a restart, and a position before it.</summary>
    private void TakePosition(GatewaySession gateway, EpochPosition position, Confirmation confirmation)
    {
        EpochState epoch = gateway.Epoch(position.Epoch);
        ulong first = epoch.AcceptedNext;
        ulong missing = epoch.Advance(position.NextSequence);
        if (missing > 0)
        {
            counters.FramesGivenUp(missing);
            CloudLog.FramesGivenUp(logger, gateway.Id.ToString(), missing, position.Epoch, first, position.NextSequence - 1);
        }

        confirmation.Complete(MqttReasonCode.Success);
    }

    private async ValueTask PlaceAsync(GatewaySession gateway, FrameFacts facts, BirthHash hash, Delivery delivery, CancellationToken cancellationToken)
    {
        bool known = facts.Epoch.Contradicted;
        switch (await judge.JudgeAsync(gateway, facts.Epoch, facts.Seq, facts.Fingerprint, cancellationToken))
        {
            case FrameVerdict.New:
                await TakeNewAsync(gateway, facts, hash, delivery, cancellationToken);
                break;
            case FrameVerdict.Repeat:
                await TakeRepeatAsync(gateway, facts, delivery, cancellationToken);
                break;
            case FrameVerdict.Contradiction:
                if (!known)
                {
                    CloudLog.EpochContradicted(logger, gateway.Id.ToString(), facts.Epoch.Epoch, facts.Seq);
                }

                await SetAsideAsync("another frame is stored under this number: the outbox was restored from a copy");
                break;
            case FrameVerdict.GivenUp:
                await SetAsideAsync("its gateway had said that it will never come; it came after later ones");
                break;
            default:
                Refuse(gateway, delivery, MqttReasonCode.QuotaExceeded);
                break;
        }

        async ValueTask SetAsideAsync(string detail)
        {
            await batcher.AddAsync(new ContradictionEntry(gateway, facts, delivery.Reject(RefusalReason.Invalid, detail), delivery.Confirmation), cancellationToken);
            counters.MessageRejected();
        }
    }

    private async ValueTask TakeNewAsync(GatewaySession gateway, FrameFacts facts, BirthHash hash, Delivery delivery, CancellationToken cancellationToken)
    {
        // Behind a held frame everything waits: order within the epoch comes first.
        if (gateway.Held.Count == 0 && await births.FindAsync(gateway, hash, cancellationToken) is { } birth)
        {
            counters.FrameTaken();
            try
            {
                await AcceptAsync(gateway, birth, facts, delivery, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                counters.FrameGivenUp();
                throw;
            }
        }
        else if (!Hold(gateway, delivery, delivery.Payload))
        {
            Refuse(gateway, delivery, MqttReasonCode.QuotaExceeded);
            return;
        }
        else
        {
            counters.FrameTaken();
            births.Ask(gateway, hash);
        }

        facts.Epoch.Recent.Add(facts.Seq, facts.Fingerprint);
        facts.Epoch.AcceptedNext = facts.Seq + 1;
    }

    private async ValueTask TakeRepeatAsync(GatewaySession gateway, FrameFacts facts, Delivery delivery, CancellationToken cancellationToken)
    {
        counters.FrameRepeated();
        if (facts.Seq < facts.Epoch.StoredNext)
        {
            // The gateway does not know yet: its last cursor was lost, or was never sent.
            delivery.Confirmation.Complete(MqttReasonCode.Success);
            cursors.Touch(gateway);
        }
        else if (gateway.Held.Count == 0)
        {
            await batcher.AddAsync(new RepeatEntry(gateway, delivery.Confirmation), cancellationToken);
        }
        else if (!Hold(gateway, delivery, null))
        {
            Refuse(gateway, delivery, MqttReasonCode.QuotaExceeded);
        }
    }

    private async ValueTask AcceptAsync(GatewaySession gateway, PreparedBirth birth, FrameFacts facts, Delivery delivery, CancellationToken cancellationToken)
    {
        FrameReader reader = readers.Rent();
        try
        {
            if (reader.TryRead(delivery.Payload.Span, birth.Birth, time.GetUtcNow().ToUnixTimeMilliseconds(), out RefusalReason reason, out string detail))
            {
                int readings = reader.Columns.Count;
                await batcher.AddAsync(new FrameEntry(gateway, birth, reader.Columns, facts, delivery.Confirmation), cancellationToken);
                live?.Get(gateway.Id).Apply(birth.Birth, reader.Columns, delivery.ReceivedAtMs);
                counters.ReadingsTaken(readings);
            }
            else
            {
                await batcher.AddAsync(new RejectedFrameEntry(gateway, facts, delivery.Reject(reason, detail), delivery.Confirmation), cancellationToken);
                counters.MessageRejected();
                CloudLog.FrameRejected(logger, gateway.Id.ToString(), facts.Epoch.Epoch, facts.Seq, ReasonName.Of(reason), detail);
            }
        }
        finally
        {
            readers.Return(reader);
        }
    }

    private bool Hold(GatewaySession gateway, Delivery delivery, ReadOnlyMemory<byte>? payload)
    {
        HeldFrame held = new(delivery.Topic.ToArray(), payload?.ToArray(), delivery.Client, delivery.ReceivedAtMs, delivery.Confirmation);
        if (gateway.Held.Count >= options.HeldFramesPerGateway || !heldRoom.TryTake(held.Bytes))
        {
            return false;
        }

        gateway.Held.Enqueue(held);
        return true;
    }

    private void Refuse(GatewaySession gateway, Delivery delivery, MqttReasonCode reason)
    {
        counters.FrameRefused();
        CloudLog.FrameRefused(logger, gateway.Id.ToString(), reason);
        delivery.Confirmation.Complete(reason);
    }

    private async ValueTask RejectMessageAsync(GatewaySession? gateway, Delivery delivery, RefusalReason reason, string detail, CancellationToken cancellationToken)
    {
        ulong fingerprint = Fingerprint.Of(delivery.Payload.Span);
        await batcher.AddAsync(new RejectedMessageEntry(gateway, delivery.Reject(reason, detail), fingerprint, delivery.ReceivedAtMs, delivery.Confirmation), cancellationToken);
        counters.MessageRejected();
        CloudLog.MessageRejected(logger, gateway?.Id.ToString() ?? "an unknown sender", delivery.Client, ReasonName.Of(reason), detail);
    }

    private static FrameFacts Facts(EpochState epoch, in FrameHeader header, in Delivery delivery) => new(
        epoch,
        header.Sequence,
        Fingerprint.Of(delivery.Payload.Span),
        delivery.Payload.Length,
        header.SealedAtMs,
        delivery.ReceivedAtMs,
        header.Clock != ClockQuality.Unsynchronised);
}
