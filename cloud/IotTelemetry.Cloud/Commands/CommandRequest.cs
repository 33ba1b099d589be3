using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>What was asked for; it never changes. Every row of the command in the store repeats it.</summary>
internal sealed record CommandRequest
{
    /// <summary>A UUIDv7 as <see cref="SendingId"/> makes it.</summary>
    public required Guid Id { get; init; }

    public required AssetId Asset { get; init; }

    /// <summary>Whose asset it is.</summary>
    public required GatewayId Gateway { get; init; }

    public required string Point { get; init; }

    public required PointValue Value { get; init; }

    /// <summary>The point must have this value, or nothing happens; null for no guard.</summary>
    public PointValue? Expected { get; init; }

    /// <summary>Who, at most 128 characters.</summary>
    public required string Author { get; init; }

    /// <summary>Why, at most 512 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>The point is selected before it is operated; otherwise one message does all.</summary>
    public required bool SelectFirst { get; init; }

    /// <summary>When, by this machine's clock.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>How long it may be carried out, from its start; at most an hour.</summary>
    public required TimeSpan Life { get; init; }

    /// <summary>The bulk it belongs to; null for a single one.</summary>
    public BulkTicket? Bulk { get; init; }

    /// <summary>The client's <c>Idempotency-Key</c>; empty for none.</summary>
    public string IdempotencyKey { get; init; } = "";

    /// <summary>Tells the same request from another under the same key; empty without a key.</summary>
    public string Fingerprint { get; init; } = "";
}
