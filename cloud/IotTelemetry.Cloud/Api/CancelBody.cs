using System.ComponentModel;

namespace IotTelemetry.Cloud.Api;

/// <summary>What a client sends to take a command back, or to stop a bulk.</summary>
internal sealed record CancelBody
{
    [Description("Why, for the audit; at most 512 characters.")]
    public required string Reason { get; init; }
}
