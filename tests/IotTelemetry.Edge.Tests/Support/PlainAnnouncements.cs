using System.Text;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests;

/// <summary>Births that are their own hash: the text <c>birth 7</c> has the hash 7.</summary>
internal sealed class PlainAnnouncements(ulong current) : IGatewayAnnouncements
{
    public static byte[] Birth(ulong hash) => Encoding.UTF8.GetBytes($"birth {hash}");

    public ReadOnlyMemory<byte> CurrentBirth(IReadOnlyList<EpochState> epochs) => Birth(current);

    public ReadOnlyMemory<byte> OlderBirth(ReadOnlyMemory<byte> birth, IReadOnlyList<EpochState> epochs) => birth;

    public BirthHash? HashOf(ReadOnlyMemory<byte> birth) => birth.IsEmpty ? null : new BirthHash(ulong.Parse(Encoding.UTF8.GetString(birth.Span)[6..]));

    public ReadOnlyMemory<byte> Status(GatewayState state) => Encoding.UTF8.GetBytes(state.ToString());
}
