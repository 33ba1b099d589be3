using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Api;

/// <summary>A gateway and its health as the API shows it.</summary>
internal sealed record GatewayView
{
    /// <summary><c>site/gateway</c>.</summary>
    public required string Id { get; init; }

    public required GatewayPresence Presence { get; init; }

    /// <summary>What is wrong with it, for a person; empty when it is well.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>When the cloud last heard of it; absent when it did not since the service started.</summary>
    public long? LastHeardMs { get; init; }

    /// <summary>How far its clock is ahead of the service's; negative when it is behind, absent before it said anything.</summary>
    public long? ClockAheadMs { get; init; }

    public required int Assets { get; init; }

    public required int Points { get; init; }

    /// <summary>Readings received since the service started.</summary>
    public required long Readings { get; init; }

    public string? Software { get; init; }

    public string? Board { get; init; }

    public string? BirthHash { get; init; }

    /// <summary>What it last said of itself.</summary>
    public GatewayStatus? Status { get; init; }

    public static GatewayView Of(LiveGateway gateway, long nowMs) => new()
    {
        Id = gateway.Id.ToString(),
        Presence = gateway.Presence(nowMs),
        Problems = GatewayHealth.Problems(gateway, nowMs),
        LastHeardMs = gateway.LastHeardMs is > 0 and long heard ? heard : null,
        ClockAheadMs = gateway.Clock?.AheadMs,
        Assets = gateway.Model?.Assets ?? 0,
        Points = gateway.Model?.Points ?? 0,
        Readings = gateway.Readings,
        Software = gateway.Header?.SoftwareVersion,
        Board = gateway.Header?.Board,
        BirthHash = gateway.Model?.Hash.ToString(),
        Status = gateway.Status,
    };
}
