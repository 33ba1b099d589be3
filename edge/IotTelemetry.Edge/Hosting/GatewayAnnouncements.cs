using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Births and status of this run.</summary>
internal sealed class GatewayAnnouncements(Birth birth, FrameOutbox outbox, FrameBuilder frames, IGatewayClock clock, FaultBook faults, ILogger log) : IGatewayAnnouncements
{
    /// <summary>What a birth may list (SPECIFICATION.md, section 4); a device that was started again and again while the cloud was away has more.</summary>
    private const int MostDraining = 63;

    /// <summary>Who takes commands and lockouts; null for a gateway that takes none.</summary>
    public IGatewayControl? Control { get; set; }

    public ReadOnlyMemory<byte> CurrentBirth(IReadOnlyList<EpochState> epochs) => birth.WithHeader(Header(epochs)).Encode();

    public ReadOnlyMemory<byte> OlderBirth(ReadOnlyMemory<byte> older, IReadOnlyList<EpochState> epochs) =>
        TryDecode(older, log) is { } decoded ? decoded.WithHeader(Header(epochs)).Encode() : ReadOnlyMemory<byte>.Empty;

    public BirthHash? HashOf(ReadOnlyMemory<byte> encoded) => HashOfBirth(encoded, log);

    public ReadOnlyMemory<byte> Status(GatewayState state)
    {
        var status = outbox.Status();
        return new GatewayStatus
        {
            State = state,
            BootId = birth.Header.BootId,
            AtMs = clock.NowMs,
            Clock = clock.Quality,
            Epoch = outbox.CurrentEpoch,
            OutboxFrames = (long)status.Depth,
            OutboxBytes = status.Bytes,
            ReadingsDropped = (long)status.DroppedReadings + frames.ReadingsLost,
            LockoutRevision = Control?.LockoutRevision,
            Faults = faults.List(),
        }.Encode();
    }

    /// <summary>What the broker says when this gateway is gone without a goodbye.</summary>
    public static byte[] Will(string bootId, TimeProvider time) =>
        new GatewayStatus { State = GatewayState.Offline, BootId = bootId, AtMs = time.GetUtcNow().ToUnixTimeMilliseconds() }.Encode();

    /// <summary>The content hash of an encoded birth; null when it is empty or cannot be read.</summary>
    public static BirthHash? HashOfBirth(ReadOnlyMemory<byte> encoded, ILogger log) => TryDecode(encoded, log)?.Hash;

    private static Birth? TryDecode(ReadOnlyMemory<byte> encoded, ILogger log)
    {
        try
        {
            return encoded.IsEmpty ? null : Birth.Decode(encoded.Span);
        }
        catch (MessageFormatException exception)
        {
            // It rotted on disk: the cloud has the birth from when the frames were sent first, or refuses them with that reason.
            AgentLog.BirthUnreadable(log, exception.Message);
            return null;
        }
    }

    private BirthHeader Header(IReadOnlyList<EpochState> epochs) => birth.Header with
    {
        Epoch = epochs[^1].Epoch,
        Draining = epochs.Count == 1 ? null : [.. epochs.Take(Math.Min(epochs.Count - 1, MostDraining)).Select(e => e.Epoch)],
    };
}
