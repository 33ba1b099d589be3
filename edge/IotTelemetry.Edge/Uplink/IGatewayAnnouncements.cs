using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Uplink;

/// <summary>What the gateway says about itself.</summary>
internal interface IGatewayAnnouncements
{
    /// <summary>The birth of this run, as it is now: with the current epoch in its header.</summary>
    ReadOnlyMemory<byte> CurrentBirth(IReadOnlyList<EpochState> epochs);

    /// <summary>The birth of an older epoch with the header of this run; empty when it cannot be read.</summary>
    ReadOnlyMemory<byte> OlderBirth(ReadOnlyMemory<byte> birth, IReadOnlyList<EpochState> epochs);

    /// <summary>The content hash of an encoded birth; null when it cannot be read.</summary>
    BirthHash? HashOf(ReadOnlyMemory<byte> birth);

    /// <summary>The status message.</summary>
    ReadOnlyMemory<byte> Status(GatewayState state);
}
