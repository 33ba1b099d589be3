using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Who or what brought a transition about, and what was seen.</summary>
internal readonly record struct CommandEvidence
{
    /// <summary>The actor of what the service does by itself.</summary>
    public const string Cloud = "cloud";

    /// <summary>A person's name, the gateway's identity, or <see cref="Cloud"/>.</summary>
    public required string Actor { get; init; }

    /// <summary>A code of SPECIFICATION.md, section 7.4, or one of <see cref="CloudCode"/>; empty when there is nothing to say.</summary>
    public string Code { get; init; }

    /// <summary>The same for a person.</summary>
    public string Detail { get; init; }

    /// <summary>The point's value as the gateway saw it last; null when it did not say.</summary>
    public PointValue? Observed { get; init; }

    /// <summary>When it saw it, by the gateway's clock.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>When the gateway says that it happened, by the gateway's clock.</summary>
    public DateTimeOffset? GatewayAt { get; init; }

    /// <summary>Evidence of the service's own.</summary>
    public static CommandEvidence ByCloud(string code = "", string detail = "") => new() { Actor = Cloud, Code = code, Detail = detail };

    /// <summary>What a gateway said.</summary>
    public static CommandEvidence By(GatewayId gateway, CommandResult result) => new()
    {
        Actor = gateway.ToString(),
        Code = CodeName.Of(result.Code),
        Detail = result.Detail ?? "",
        Observed = result.Observed,
        ObservedAt = result.ObservedAtMs is { } seen ? DateTimeOffset.FromUnixTimeMilliseconds(seen) : null,
        GatewayAt = DateTimeOffset.FromUnixTimeMilliseconds(result.AtMs),
    };
}
